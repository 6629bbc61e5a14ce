// For tests of the log: a LogPartition whose appends end when the test says so, and a clock with turns.

import {
  type Clock,
  type LogPartition,
  type LogRecord,
  LogTrimmed,
  type TimerHandle,
} from '@perdure/ports';

interface PendingAppend {
  readonly records: readonly Uint8Array[];
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (fault: unknown) => void;
}

export class ControlledLog implements LogPartition {
  readonly records: Uint8Array[] = [];
  trimmedBelow = 0;
  /** Records of each append, in the order of the calls. */
  readonly appends: (readonly Uint8Array[])[] = [];
  /** At most this many records per read. */
  readCount = 3;
  /** A fault: a read gives the records under offsets that are higher by this. */
  skipped = 0;
  /** Ends every append at once; off: the test does, with `land` or `refuse`. */
  immediate = false;
  #pending: PendingAppend | null = null;

  append(records: readonly Uint8Array[]): Promise<number> {
    if (this.#pending !== null) throw new Error('two appends in flight (W2)');
    this.appends.push(records);
    return new Promise((resolve, reject) => {
      this.#pending = { records, resolve, reject };
      if (this.immediate) void this.land();
    });
  }

  get inFlight(): boolean {
    return this.#pending !== null;
  }

  /** Makes the append in flight durable, behind `foreign` when given, and lets its owner see that. */
  async land(foreign: readonly Uint8Array[] = []): Promise<void> {
    const { records, resolve } = this.#take();
    this.records.push(...foreign);
    const baseOffset = this.records.length;
    this.records.push(...records);
    resolve(baseOffset);
    await settled();
  }

  /** Answers with an offset of the test's choice. */
  async landAt(baseOffset: number): Promise<void> {
    this.#take().resolve(baseOffset);
    await settled();
  }

  async refuse(fault: unknown): Promise<void> {
    this.#take().reject(fault);
    await settled();
  }

  #take(): PendingAppend {
    const pending = this.#pending;
    if (pending === null) throw new Error('no append in flight');
    this.#pending = null;
    return pending;
  }

  async read(fromOffset: number): Promise<readonly LogRecord[]> {
    if (fromOffset < this.trimmedBelow) throw new LogTrimmed(fromOffset, this.trimmedBelow);
    const bytes = this.records.slice(fromOffset, fromOffset + this.readCount);
    return bytes.map((record, i) => ({ offset: fromOffset + i + this.skipped, bytes: record }));
  }

  async endOffset(): Promise<number> {
    return this.records.length;
  }

  async lowMark(): Promise<number> {
    return this.trimmedBelow;
  }

  async trim(offset: number): Promise<void> {
    this.trimmedBelow = offset;
  }

  async close(): Promise<void> {
    await settled();
  }
}

/** Lets every promise that can go on do so. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 40; i++) await Promise.resolve();
}

export class TurnClock implements Clock {
  us = 1_000_000;
  #turnEnds: (() => void)[] = [];

  nowUs(): number {
    return this.us;
  }

  after(): TimerHandle {
    throw new Error('the log uses no timers (W2: no linger)');
  }

  endOfTurn(callback: () => void): void {
    this.#turnEnds.push(callback);
  }

  /** How many wait for the end of the turn. */
  get asked(): number {
    return this.#turnEnds.length;
  }

  /** Ends the turn: what was asked for in it runs. */
  endTurn(): void {
    for (const callback of this.#turnEnds.splice(0)) callback();
  }
}
