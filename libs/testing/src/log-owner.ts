// The smallest owner of a LogPartition that keeps W2 and L4 to L6: it writes one frame after the other, and when the outcome
// of one is unknown it takes over from itself and reads what became of it. It keeps what it told its callers, so that the
// log can be compared with that afterwards.

import {
  type Announce,
  claim,
  decodeRecord,
  emptyLog,
  encodeAnnounce,
  type FrameBounds,
  frameBoundsFor,
  LogReader,
  LogWriter,
  type PendingTransition,
  type ReaderState,
  type SealedFrame,
} from '@perdure/core-log';
import type { LogPartition, LogRecord } from '@perdure/ports';

interface Group {
  readonly transitions: readonly PendingTransition[];
  readonly id: string;
}

/** What a caller was told of its step. */
export type Told = { readonly id: string } & (
  | { readonly kind: 'durable'; readonly offset: number; readonly after: 'answer' | 'take-over' }
  | { readonly kind: 'void' }
);

export interface OwnerCounts {
  /** Frames whose append was rejected. */
  unknown: number;
  /** Of these, those that the take-over found to count. */
  landed: number;
  /** Announces whose append was rejected. */
  announcesUnknown: number;
  takeOvers: number;
}

export interface LogOwnerOptions {
  readonly name: string;
  readonly recordBytesMax: number;
  /** Size of a step. */
  readonly bytes: number;
  readonly nowUs: () => number;
  /** Waits between two claims that failed. */
  readonly pause: () => Promise<void>;
}

const readBytes = 1 << 20;

export class LogOwner {
  readonly told: Told[] = [];
  readonly counts: OwnerCounts = { unknown: 0, landed: 0, announcesUnknown: 0, takeOvers: 0 };
  readonly #log: LogPartition;
  readonly #options: LogOwnerOptions;
  readonly #bounds: FrameBounds;
  #writer: LogWriter<Group> | null = null;
  /** The rule state up to where the log was read or acknowledged, and the offset after it. */
  #state: ReaderState = emptyLog;
  #next = 0;
  #lastTried = 0;
  #steps = 0;

  constructor(log: LogPartition, options: LogOwnerOptions) {
    this.#log = log;
    this.#options = options;
    this.#bounds = frameBoundsFor(options.recordBytesMax);
  }

  /** Appends one step and settles it, however long that takes. */
  async step(): Promise<void> {
    const writer = this.#writer ?? (await this.#takeOver(null));
    const { name, bytes, nowUs } = this.#options;
    const id = `${name}-${++this.#steps}`;
    const run = { namespaceId: 'namespace', workflowId: name, runId: id };
    const transitions = [{ run, version: 1, body: new Uint8Array(bytes).fill(this.#steps) }];
    writer.append({ transitions, id });
    const frame = writer.seal(nowUs()) as SealedFrame<Group>;
    try {
      const offset = await this.#log.append([frame.record]);
      const between = (await this.#readUpTo(offset)).map((record) => record.bytes);
      const landing = writer.acknowledged(offset, between);
      if (landing.kind !== 'durable') throw new Error(`the frame is ${landing.kind}`);
      const { epoch, nonce, number, clock } = landing.position;
      this.#state = { epoch, nonce, nextNumber: number + 1, clock };
      this.#next = offset + 1;
      this.told.push({ id, kind: 'durable', offset, after: 'answer' });
    } catch (error) {
      if ((error as Error).name !== 'StorageFault') throw error;
      this.counts.unknown += 1;
      await this.#takeOver({ id, record: frame.record });
    }
  }

  /** L6: a higher epoch; what of the frame stands before the own Announce counts, what lands later is void. */
  async #takeOver(open: { id: string; record: Uint8Array } | null): Promise<LogWriter<Group>> {
    if (open !== null) this.counts.takeOvers += 1;
    for (;;) {
      try {
        const writer = await this.#claimOnce(open);
        if (writer !== null) return writer;
      } catch (error) {
        if ((error as Error).name !== 'StorageFault') throw error;
        this.counts.announcesUnknown += 1;
      }
      await this.#options.pause();
    }
  }

  /** Null when another Announce was quicker. */
  async #claimOnce(
    open: { id: string; record: Uint8Array } | null,
  ): Promise<LogWriter<Group> | null> {
    const seen = new LogReader(this.#state);
    for (const { bytes } of await this.#readUpTo(await this.#log.endOffset())) seen.read(bytes);
    const { name: owner } = this.#options;
    const nonce = `${owner}-${this.#lastTried + 1}`;
    const announce = claim(seen.state, this.#lastTried, { owner, nonce, generation: 0 });
    this.#lastTried = announce.epoch;
    const offset = await this.#log.append([encodeAnnounce(announce)]);
    const records = await this.#readUpTo(offset + 1);
    const reader = new LogReader(this.#state);
    let landed: number | null = null;
    for (const { offset: at, bytes } of records) {
      const { kind } = reader.read(bytes);
      if (kind === 'frame' && open !== null && isSame(bytes, open.record)) landed = at;
    }
    if (!isOwn(reader.state, announce)) return null;
    this.#state = reader.state;
    this.#next = offset + 1;
    if (open !== null) this.#settle(open.id, landed);
    this.#writer = new LogWriter(reader.state, offset, this.#bounds);
    return this.#writer;
  }

  #settle(id: string, offset: number | null): void {
    if (offset === null) this.told.push({ id, kind: 'void' });
    else this.told.push({ id, kind: 'durable', offset, after: 'take-over' });
    if (offset !== null) this.counts.landed += 1;
  }

  /** All records from where the state stands up to an offset that was acknowledged or told to be below the end. */
  async #readUpTo(offset: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    while (this.#next + records.length < offset) {
      const more = await this.#log.read(this.#next + records.length, readBytes);
      records.push(...more.filter((record) => record.offset < offset));
    }
    return records;
  }
}

/** What the log says of what callers were told: a line for each difference. The log is read from its beginning. */
export async function differences(log: LogPartition, told: readonly Told[]): Promise<string[]> {
  const reader = new LogReader(emptyLog);
  const counted = new Map<string, number>();
  const found: string[] = [];
  for (let next = 0; ; ) {
    const records = await log.read(next, readBytes);
    if (records.length === 0) break;
    for (const { offset, bytes } of records) {
      if (offset !== next) found.push(`offset ${offset} follows ${next - 1}`);
      next = offset + 1;
      const reading = reader.read(bytes);
      if (reading.kind === 'broken') found.push(reading.fault.message);
      if (reading.kind !== 'frame') continue;
      for (const { run } of reading.frame.transitions) {
        if (counted.has(run.runId)) found.push(`${run.runId} counts twice`);
        counted.set(run.runId, offset);
      }
    }
  }
  for (const step of told) {
    const offset = counted.get(step.id);
    const wanted = step.kind === 'durable' ? step.offset : undefined;
    if (offset !== wanted)
      found.push(`${step.id}: told ${wanted ?? 'void'}, found ${offset ?? 'void'}`);
    counted.delete(step.id);
  }
  for (const [id, offset] of counted) found.push(`${id} counts at ${offset}, and nobody was told`);
  return found;
}

function isOwn(state: ReaderState, { epoch, nonce }: Announce): boolean {
  return state.epoch === epoch && state.nonce === nonce;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const [one, other] = [decodeRecord(a), decodeRecord(b)];
  if (one.kind !== 'frame' || other.kind !== 'frame') return false;
  const { epoch, nonce, number } = one.frame;
  return (
    epoch === other.frame.epoch && nonce === other.frame.nonce && number === other.frame.number
  );
}
