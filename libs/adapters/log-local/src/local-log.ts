// The local log: records in segments of one directory, with synchronous calls. Whoever holds it has a thread to block.
//
// 1. `append` returns after a sync covered every byte of it: segments in order, so that a crash leaves a prefix.
// 2. Zeros are laid ahead of the records by `prepareAhead`, outside `append`, in steps of `fillBytes`.
// 3. A name is synced before anything in its file is acknowledged, and segments go away from the front, one by one.
// 4. The first failure ends it: every later call throws the same fault, and nothing is retried (L11).
// 5. What is read is checked again; damage is never served.

import { assert } from '@perdure/kernel';
import {
  type FileDirectory,
  type LogExtent,
  type LogRecord,
  LogTrimmed,
  StorageFault,
} from '@perdure/ports';
import { type OpenedSegments, openSegments, type RecoveryReport } from './open-segments.ts';
import { readRecords } from './read-records.ts';
import { bodyBytesMax, recordBytes, writeRecord } from './record-format.ts';
import { Segment } from './segment.ts';

export interface LocalLogOptions {
  /** A segment that has reached this length is followed by a new one. */
  readonly segmentBytes?: number;
  /** Zeros are written in steps of this. */
  readonly fillBytes?: number;
  /** Zeros to have ready ahead of the records. */
  readonly aheadBytes?: number;
  /** Tells the records of this log from others; random unless given, and kept by a log that has records. */
  readonly logId?: number;
}

export interface LogStats {
  readonly appends: number;
  readonly records: number;
  /** Bytes written by appends, headers included. */
  readonly bytes: number;
  /** Syncs made by appends. */
  readonly syncs: number;
  /** Zeros laid since opening, each step with a sync of its own. */
  readonly filledBytes: number;
}

export class LocalLog {
  readonly report: RecoveryReport;
  readonly #directory: FileDirectory;
  readonly #release: () => void;
  readonly #segments: Segment[];
  /** The segment after the last one, being prepared. */
  #spare: Segment | null = null;
  readonly #logId: number;
  readonly #segmentBytes: number;
  readonly #fillBytes: number;
  readonly #aheadBytes: number;
  readonly #stats = { appends: 0, records: 0, bytes: 0, syncs: 0, filledBytes: 0 };
  #end: number;
  /** Log position below which everything was covered by a returned sync. */
  #synced: number;
  /** Records of the append under way that are not written yet; they end at the end of the last segment. */
  #gathered: Uint8Array = new Uint8Array(1 << 16);
  #gatheredBytes = 0;
  #fault: Error | null = null;
  #closed = false;

  private constructor(
    directory: FileDirectory,
    release: () => void,
    opened: OpenedSegments,
    options: Required<LocalLogOptions>,
  ) {
    this.report = opened.report;
    this.#directory = directory;
    this.#release = release;
    this.#segments = opened.segments;
    this.#logId = opened.logId;
    this.#end = opened.report.endOffset;
    this.#synced = this.#last.position;
    this.#segmentBytes = options.segmentBytes;
    this.#fillBytes = options.fillBytes;
    this.#aheadBytes = options.aheadBytes;
  }

  /** Locks the directory, brings it in order and opens it. Throws StorageFault when it cannot be served. */
  static open(directory: FileDirectory, given: LocalLogOptions = {}): LocalLog {
    const options = {
      segmentBytes: 8 << 20,
      fillBytes: 1 << 18,
      aheadBytes: 1 << 20,
      logId: given.logId ?? randomLogId(),
      ...given,
    };
    assert(options.fillBytes % 8 === 0 && options.fillBytes > 0, 'fillBytes is a multiple of 8');
    const lock = directory.lock();
    if (!lock.ok) {
      throw new StorageFault(
        'locked',
        `the log is in use by ${lock.holder}. Stop that one, or give this one a directory of its own.`,
      );
    }
    try {
      return new LocalLog(
        directory,
        () => lock.release(),
        openSegments(directory, options),
        options,
      );
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get endOffset(): number {
    this.#refuseIfEnded();
    return this.#end;
  }

  get lowMark(): number {
    this.#refuseIfEnded();
    return this.#segments[0]?.firstOffset ?? 0;
  }

  /** The failure that ended the log, if one did. */
  get fault(): Error | null {
    return this.#fault;
  }

  get stats(): LogStats {
    return { ...this.#stats };
  }

  get extent(): LogExtent {
    return {
      lowMark: this.lowMark,
      endOffset: this.#end,
      segments: this.#segments.map(({ name, end, filled }) => ({
        name,
        recordBytes: end,
        fileBytes: filled,
      })),
    };
  }

  append(records: readonly Uint8Array[]): number {
    const first = this.endOffset;
    if (records.length === 0) return first;
    for (const body of records) {
      assert(body.length <= bodyBytesMax, `a record has at most ${bodyBytesMax} bytes`);
    }
    this.#endOnFailure(() => {
      for (const body of records) this.#gather(body);
      this.#flush();
    });
    this.#stats.appends += 1;
    this.#stats.records += records.length;
    return first;
  }

  read(fromOffset: number, maxBytes: number): readonly LogRecord[] {
    const lowMark = this.lowMark;
    if (fromOffset < lowMark) throw new LogTrimmed(fromOffset, lowMark);
    return this.#endOnFailure(() => readRecords(this.#segments, fromOffset, maxBytes));
  }

  /** Forgets whole segments below `offset`. */
  trim(offset: number): void {
    this.#refuseIfEnded();
    for (;;) {
      const [oldest, next] = this.#segments;
      if (oldest === undefined || next === undefined || next.firstOffset > offset) return;
      this.#endOnFailure(() => oldest.remove(this.#directory));
      this.#segments.shift();
    }
  }

  /** Lays zeros ahead, so that appends find them. To be called between appends; a failure ends the log. */
  prepareAhead(): void {
    this.#refuseIfEnded();
    const last = this.#last;
    const missing = this.#aheadBytes - (last.filled - last.end) - (this.#spare?.filled ?? 0);
    if (missing < this.#fillBytes) return;
    this.#endOnFailure(() => {
      if (last.filled < this.#segmentBytes) {
        this.#fill(last, Math.min(last.filled + missing, this.#segmentBytes));
      } else if (this.#spare === null) {
        this.#spare = this.#create(last.base + last.filled, missing);
      } else {
        this.#fill(this.#spare, this.#spare.filled + missing);
      }
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const segment of this.#segments) segment.close();
    this.#spare?.close();
    this.#release();
  }

  get #last(): Segment {
    return this.#segments.at(-1) as Segment;
  }

  /** Takes one record into the append under way. */
  #gather(body: Uint8Array): void {
    const total = recordBytes(body.length);
    this.#makeRoom(total);
    this.#growGathered(this.#gatheredBytes + total);
    writeRecord(this.#gathered, this.#gatheredBytes, body, {
      logId: this.#logId,
      offset: this.#end,
      position: this.#last.position,
      synced: this.#synced,
    });
    this.#last.add(body.length, total);
    this.#gatheredBytes += total;
    this.#end += 1;
  }

  /** Makes sure that the last segment has room for `bytes`, or goes on to the next one. */
  #makeRoom(bytes: number): void {
    const last = this.#last;
    const needed = last.end + bytes;
    if (needed <= last.filled) return;
    const mayGrow = this.#spare === null && (needed <= this.#segmentBytes || last.end === 0);
    if (mayGrow) return this.#fill(last, needed);
    if (this.#gatheredBytes > 0) this.#flush();
    const next = this.#spare ?? this.#create(last.base + last.filled, bytes);
    this.#spare = null;
    next.firstOffset = this.#end;
    this.#segments.push(next);
    this.#fill(next, bytes);
  }

  /** Writes what was gathered and syncs it. */
  #flush(): void {
    const last = this.#last;
    last.write(last.end - this.#gatheredBytes, this.#gathered.subarray(0, this.#gatheredBytes));
    last.sync();
    this.#synced = last.position;
    this.#stats.syncs += 1;
    this.#stats.bytes += this.#gatheredBytes;
    this.#gatheredBytes = 0;
  }

  #create(base: number, bytes: number): Segment {
    const length = this.#wholeSteps(bytes);
    this.#stats.filledBytes += length;
    return Segment.create(this.#directory, base, length);
  }

  #fill(segment: Segment, length: number): void {
    const target = this.#wholeSteps(length);
    this.#stats.filledBytes += Math.max(0, target - segment.filled);
    segment.fillTo(target);
  }

  #wholeSteps(length: number): number {
    return Math.ceil(length / this.#fillBytes) * this.#fillBytes;
  }

  #growGathered(needed: number): void {
    if (needed <= this.#gathered.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#gathered.length * 2));
    larger.set(this.#gathered.subarray(0, this.#gatheredBytes));
    this.#gathered = larger;
  }

  #refuseIfEnded(): void {
    if (this.#closed) throw new Error('the log is closed');
    if (this.#fault !== null) throw this.#fault;
  }

  #endOnFailure<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.#fault = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }
}

function randomLogId(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
