// For tests: a LogPartition that several nodes append to, where the test says what becomes of each request (L6): whether and
// when it lands, once or again, and what its sender is told.

import { type LogPartition, type LogRecord, LogTrimmed } from '@perdure/ports';
import { settled } from './controlled-log.fixture.ts';

export interface Request {
  readonly sender: SharedLogPort;
  readonly record: Uint8Array;
  /** Where it stands; several after it landed again. */
  readonly landedAt: number[];
}

interface Pending {
  readonly request: Request;
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (fault: Error) => void;
}

export class SharedLog {
  /** Everything that ever landed, trimmed or not. */
  readonly records: Uint8Array[] = [];
  readonly requests: Request[] = [];
  trimmedBelow = 0;

  /** Puts the record of a request, or any other, at the end. */
  land(what: Request | Uint8Array): number {
    const record = what instanceof Uint8Array ? what : what.record;
    const offset = this.records.push(record) - 1;
    if (!(what instanceof Uint8Array)) what.landedAt.push(offset);
    return offset;
  }
}

/** The log as one node has it. */
export class SharedLogPort implements LogPartition {
  readonly log: SharedLog;
  /** Ends every append at once; off: the test does. */
  immediate = false;
  /** Most records of one read. */
  readCount = 3;
  /** What reads and questions for the bounds end with. */
  unreadable: Error | null = null;
  /** Reads wait for `letRead`. */
  slow = false;
  /** A leader that is none any more: its end is earlier by so many records. */
  behind = 0;
  #pending: Pending | null = null;
  #parked: (() => void)[] = [];

  constructor(log: SharedLog) {
    this.log = log;
  }

  append([record]: readonly Uint8Array[]): Promise<number> {
    if (this.#pending !== null) return Promise.reject(new Error('an append is unresolved (W2)'));
    const request: Request = { sender: this, record: record as Uint8Array, landedAt: [] };
    this.log.requests.push(request);
    if (this.immediate) return Promise.resolve(this.log.land(request));
    return new Promise((resolve, reject) => {
      this.#pending = { request, resolve, reject };
    });
  }

  /** What is not answered. */
  get pending(): Request | null {
    return this.#pending?.request ?? null;
  }

  /** Lands what is not answered, unless it is there, and tells where it stands: first, or since it landed last. */
  async acknowledge(copy: 'first' | 'last' = 'first'): Promise<number> {
    const { request, resolve } = this.#take();
    if (request.landedAt.length === 0) this.log.land(request);
    const offset = request.landedAt.at(copy === 'first' ? 0 : -1) as number;
    resolve(offset);
    await settled();
    return offset;
  }

  async acknowledgeAt(offset: number): Promise<void> {
    this.#take().resolve(offset);
    await settled();
  }

  /** Tells nothing of what became of it. */
  async lose(fault = new Error('no answer')): Promise<void> {
    this.#take().reject(fault);
    await settled();
  }

  #take(): Pending {
    const pending = this.#pending;
    if (pending === null) throw new Error('no append in flight');
    this.#pending = null;
    return pending;
  }

  get readsWaiting(): number {
    return this.#parked.length;
  }

  async letRead(): Promise<void> {
    for (const go of this.#parked.splice(0)) go();
    await settled();
  }

  async #mayRead(): Promise<void> {
    if (this.slow) await new Promise<void>((go) => this.#parked.push(go));
    if (this.unreadable !== null) throw this.unreadable;
  }

  async read(fromOffset: number): Promise<readonly LogRecord[]> {
    await this.#mayRead();
    const { trimmedBelow, records } = this.log;
    if (fromOffset < trimmedBelow) throw new LogTrimmed(fromOffset, trimmedBelow);
    const found = records.slice(fromOffset, fromOffset + this.readCount);
    return found.map((bytes, i) => ({ offset: fromOffset + i, bytes }));
  }

  async endOffset(): Promise<number> {
    await this.#mayRead();
    return Math.max(this.log.records.length - this.behind, this.log.trimmedBelow);
  }

  async lowMark(): Promise<number> {
    await this.#mayRead();
    return this.log.trimmedBelow;
  }

  async trim(offset: number): Promise<void> {
    this.log.trimmedBelow = Math.max(this.log.trimmedBelow, offset);
  }

  async close(): Promise<void> {
    await settled();
  }
}
