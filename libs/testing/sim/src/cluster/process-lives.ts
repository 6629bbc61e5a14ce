// When the processes of a world lived, stood still and served: for whoever reads the log afterwards.

interface Life {
  endedUs: number;
  /** Freezes, each with its end. */
  readonly frozen: { readonly beganUs: number; endedUs: number }[];
}

export class ProcessLives {
  readonly #nowUs: () => number;
  readonly #lives = new Map<string, Life>();
  readonly #served: { partition: number; process: string; atUs: number }[] = [];
  /** Who began to serve each partition last. */
  readonly #owners = new Map<number, string>();

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  began(process: string): void {
    this.#lives.set(process, { endedUs: Number.POSITIVE_INFINITY, frozen: [] });
  }

  ended(process: string): void {
    const life = this.#lives.get(process);
    if (life !== undefined) life.endedUs = this.#nowUs();
  }

  froze(process: string): void {
    const frozen = this.#lives.get(process)?.frozen;
    frozen?.push({ beganUs: this.#nowUs(), endedUs: Number.POSITIVE_INFINITY });
  }

  thawed(process: string): void {
    const last = this.#lives.get(process)?.frozen.at(-1);
    if (last !== undefined) last.endedUs = Math.min(last.endedUs, this.#nowUs());
  }

  /** Returns who served it before. */
  serves(partition: number, process: string): string | null {
    const before = this.#owners.get(partition) ?? null;
    this.#owners.set(partition, process);
    this.#served.push({ partition, process, atUs: this.#nowUs() });
    return before;
  }

  /** Another process began to serve it after this one. */
  isZombie(partition: number, process: string): boolean {
    const owner = this.#owners.get(partition);
    return owner !== undefined && owner !== process;
  }

  livedAfter(process: string, timeUs: number): boolean {
    return (this.#lives.get(process)?.endedUs ?? 0) > timeUs;
  }

  /** It stood still at that time, and woke. */
  wokeAfter(process: string, timeUs: number): boolean {
    return (this.#lives.get(process)?.frozen ?? []).some(
      ({ beganUs, endedUs }) => beganUs <= timeUs && endedUs >= timeUs && endedUs !== Infinity,
    );
  }

  servedBetween(partition: number, process: string, fromUs: number, toUs: number): boolean {
    return this.#served.some(
      (one) =>
        one.partition === partition &&
        one.process === process &&
        one.atUs >= fromUs &&
        one.atUs <= toUs,
    );
  }
}
