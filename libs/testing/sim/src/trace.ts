// The trace of a simulated world: a running hash over every record, store write and message, in order.
//
// Two runs of one seed must end with the same hash; the lines are kept only when somebody reads them.

import { createHash, type Hash } from 'node:crypto';

export interface TraceLine {
  readonly timeUs: number;
  readonly text: string;
}

export class Trace {
  readonly lines: TraceLine[] = [];
  readonly #hash: Hash = createHash('sha256');
  readonly #nowUs: () => number;
  readonly #keep: boolean;

  constructor(nowUs: () => number, keep: boolean) {
    this.#nowUs = nowUs;
    this.#keep = keep;
  }

  /** `describe` is called only when lines are kept. */
  add(kind: string, bytes: Uint8Array, describe: () => string): void {
    const timeUs = this.#nowUs();
    this.#hash.update(`${timeUs} ${kind} ${bytes.length}\n`);
    this.#hash.update(bytes);
    if (this.#keep) this.lines.push({ timeUs, text: `${kind} ${describe()}` });
  }

  /** Something that happened, without bytes. */
  note(text: string): void {
    this.add('note', Buffer.from(text), () => text);
  }

  /** Of everything so far. */
  get digest(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }
}
