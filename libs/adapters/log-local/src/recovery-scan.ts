// The scan: looks at all segments to their ends and says where the log ends (L11). It changes nothing on disk.
//
// 1. A record counts if it stands where the one before it ended, or at the start of the next segment, with the next
//    offset, and passes its checks.
// 2. Every header in its place counts as a witness of `synced`, also behind a bad record.
// 3. The first record that does not count, at or above the highest synced position, is a torn tail: no append that
//    touched it was acknowledged. Below it, something that was on disk is gone: corruption.

import { StorageFault } from '@perdure/ports';
import {
  formatVersion,
  headerBytes,
  type RecordHeader,
  readBody,
  readHeader,
  recordBytes,
} from './record-format.ts';
import type { Segment } from './segment.ts';

export interface Scan {
  /** null when there is no record. */
  readonly logId: number | null;
  readonly endOffset: number;
  /** Index of the segment with the last record; 0 when there is none. */
  readonly last: number;
  /** The highest position that a header names as synced. */
  readonly synced: number;
  /** What was found behind the last record that counts, when it was not just zeros. */
  readonly tornTail: string | null;
}

/** Where the records stop, and what stands there instead of the next one. */
interface Stop {
  readonly segment: Segment;
  readonly at: number;
  readonly reason: string;
  /** Nothing but zeros up to the end of the segment: the log may go on in the next one. */
  readonly zeros: boolean;
}

/** Why the next record does not count. `passed`: the segment is beyond it, what is missing lies before. */
interface Refusal {
  readonly reason: string;
  readonly passed: boolean;
}

/** Scans the segments and fills in their records. */
export function scan(segments: readonly Segment[]): Scan {
  requireAdjacent(segments);
  const scanner = new Scanner();
  for (const segment of segments) scanner.take(segment);
  return scanner.result();
}

function requireAdjacent(segments: readonly Segment[]): void {
  segments.forEach((segment, i) => {
    const before = segments[i - 1];
    if (before === undefined || before.base + before.filled === segment.base) return;
    throw new StorageFault(
      'corrupt',
      `${before.name} ends at position ${before.base + before.filled} but the next segment is ${segment.name}: ` +
        `a segment is missing or was cut. Restore the log's directory from a backup as a whole.`,
    );
  });
}

class Scanner {
  #logId: number | null = null;
  /** Offset that the next record must have; null: unknown, none was found yet in a log that was trimmed. */
  #next: number | null = null;
  #last = 0;
  #taken = 0;
  #synced = 0;
  #stop: Stop | null = null;

  take(segment: Segment): void {
    if (this.#taken === 0 && segment.base === 0) this.#next = 0;
    const bytes = segment.read(0, segment.filled);
    const { reason, passed } = this.#walk(segment, bytes);
    const zeros = this.#seek(segment, bytes);
    const goesOn = segment.end > 0;
    if (goesOn) this.#last = this.#taken;
    if (goesOn || this.#stop === null || (this.#stop.zeros && !passed)) {
      this.#stop = { segment, at: segment.end, reason, zeros };
    }
    this.#taken += 1;
  }

  result(): Scan {
    const stop = this.#stop;
    if (stop !== null && this.#synced > stop.segment.base + stop.at) throw this.#corrupt(stop);
    if (this.#next === null && stop !== null) {
      throw new StorageFault(
        'corrupt',
        `the log holds no valid record any more at ${placeOf(stop)}, and was trimmed below, so its offsets are unknown. ` +
          `Restore the log's directory from a backup as a whole.`,
      );
    }
    const torn = stop !== null && !stop.zeros;
    return {
      logId: this.#logId,
      endOffset: this.#next ?? 0,
      last: this.#last,
      synced: this.#synced,
      tornTail: torn ? `${this.#expected()} at ${placeOf(stop)}: ${stop.reason}` : null,
    };
  }

  /** Takes the records from the start of the segment while they count. */
  #walk(segment: Segment, bytes: Uint8Array): Refusal {
    segment.firstOffset = this.#next ?? 0;
    for (;;) {
      const header = readHeader(bytes, segment.end);
      if (header === null) return { reason: 'no valid header', passed: false };
      if (header.position !== segment.position) {
        return { reason: `a record of position ${header.position} stands there`, passed: false };
      }
      this.#requireOurs(segment, header);
      const isFirst = this.#taken === 0 && segment.end === 0 && segment.base > 0;
      if (header.offset !== this.#next && !isFirst) {
        return { reason: `record ${header.offset} stands there`, passed: true };
      }
      if (readBody(bytes, segment.end, header) === null) {
        return { reason: 'its body fails its check', passed: false };
      }
      if (isFirst) segment.firstOffset = header.offset;
      segment.add(header.length, recordBytes(header.length));
      this.#next = header.offset + 1;
      this.#synced = Math.max(this.#synced, header.synced);
    }
  }

  /** Looks for headers behind the records that count. Says whether there was nothing but zeros. */
  #seek(segment: Segment, bytes: Uint8Array): boolean {
    let zeros = true;
    for (let at = segment.end; at < bytes.length; at++) {
      if (bytes[at] === 0) continue;
      zeros = false;
      const header = at % 8 === 0 ? readHeader(bytes, at) : null;
      if (header === null || header.position !== segment.base + at) continue;
      if (this.#logId !== null && header.logId !== this.#logId) continue;
      this.#requireOurs(segment, header);
      this.#synced = Math.max(this.#synced, header.synced);
      at += headerBytes - 1;
    }
    return zeros;
  }

  #requireOurs(segment: Segment, header: RecordHeader): void {
    if (header.version !== formatVersion) {
      throw new StorageFault(
        'mismatch',
        `${segment.name} was written in log format ${header.version}; this server reads format ${formatVersion}. ` +
          'Start the version of the server that wrote it.',
      );
    }
    this.#logId ??= header.logId;
    if (header.logId !== this.#logId) {
      throw new StorageFault(
        'mismatch',
        `${segment.name} belongs to another log than the segments before it. ` +
          `Restore the log's directory from a backup as a whole.`,
      );
    }
  }

  #corrupt(stop: Stop): StorageFault {
    return new StorageFault(
      'corrupt',
      `${this.#expected()} at ${placeOf(stop)} is damaged (${stop.reason}), and later records say that everything ` +
        `below position ${this.#synced} was on disk. The log is not served. Restore its directory from a backup as a whole.`,
    );
  }

  #expected(): string {
    return this.#next === null ? 'the first record' : `record ${this.#next}`;
  }
}

function placeOf(stop: Stop): string {
  return `position ${stop.segment.base + stop.at} (${stop.segment.name}, byte ${stop.at})`;
}
