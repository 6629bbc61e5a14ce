// Looks at the segments of a log from outside: every record, and every place where one should stand and does not.
//
// The scan of an opening stops at the first record that does not count; this goes on behind it, so that one can say what
// lies beyond the damage. Whether a server would open the log is still the scan's word.

import {
  type FileDirectory,
  type LogInspection,
  type LogItem,
  type LogPlace,
  StorageFault,
} from '@perdure/ports';
import {
  formatVersion,
  type RecordHeader,
  readBody,
  readHeader,
  recordBytes,
} from './record-format.ts';
import { scan } from './recovery-scan.ts';
import { Segment } from './segment.ts';

/** Opens the segments for reading. Throws StorageFault when they cannot even be listed. */
export function inspectLog(directory: FileDirectory): LogInspection {
  const segments = Segment.openAll(directory);
  let verdict: StorageFault | null = null;
  try {
    scan(segments);
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error;
    verdict = error;
  }
  return {
    segments: segments.map(({ name }) => name),
    verdict,
    items: () => new Walk(segments).items(),
    synced: highestSynced(segments),
    close: () => {
      for (const segment of segments) segment.close();
    },
  };
}

/** Where a search for headers goes on, and what it found. */
interface Found {
  readonly at: number;
  readonly header: RecordHeader | null;
}

/** The next header from `at` on that stands where it says. */
function nextHeader(segment: Segment, bytes: Uint8Array, from: number): Found {
  for (let at = Math.ceil(from / 8) * 8; at < bytes.length; at += 8) {
    const header = readHeader(bytes, at);
    if (header !== null && header.position === segment.base + at) return { at, header };
  }
  return { at: bytes.length, header: null };
}

function highestSynced(segments: readonly Segment[]): number {
  let synced = 0;
  for (const segment of segments) {
    const bytes = segment.read(0, segment.filled);
    for (let at = 0; ; ) {
      const found = nextHeader(segment, bytes, at);
      if (found.header === null) break;
      synced = Math.max(synced, found.header.synced);
      at = found.at + 8;
    }
  }
  return synced;
}

class Walk {
  readonly #segments: readonly Segment[];
  #next: number | null = null;
  #logId: number | null = null;
  #positionEnd: number | null = null;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  *items(): Generator<LogItem> {
    if (this.#segments[0]?.base === 0) this.#next = 0;
    for (const segment of this.#segments) {
      const { base } = segment;
      if (this.#positionEnd !== null && this.#positionEnd !== base) {
        const missing = `position ${this.#positionEnd} to ${base} is in no file`;
        yield this.#damage(segment, 0, missing);
      }
      yield* this.#walk(segment);
      this.#positionEnd = base + segment.filled;
    }
  }

  *#walk(segment: Segment): Generator<LogItem> {
    const bytes = segment.read(0, segment.filled);
    for (let at = 0; at < bytes.length; ) {
      const { at: found, header } = nextHeader(segment, bytes, at);
      if (found > at && (header !== null || !allZero(bytes, at))) {
        const what = header === null ? 'to the end of the file' : `up to byte ${found}`;
        yield this.#damage(segment, at, `bytes that are no record ${what}`);
      }
      if (header === null) return;
      const reason = this.#reason(header, bytes, found);
      if (reason !== null) yield this.#damage(segment, found, reason);
      const body = readBody(bytes, found, header);
      if (body !== null && header.version === formatVersion && this.#isOurs(header)) {
        this.#next = header.offset + 1;
        yield {
          kind: 'record',
          place: placeOf(segment, found),
          offset: header.offset,
          bytes: body,
        };
      } else if (this.#next !== null) {
        this.#next += 1;
      }
      at = found + (body === null ? 8 : recordBytes(header.length));
    }
  }

  #isOurs({ logId }: RecordHeader): boolean {
    this.#logId ??= logId;
    return this.#logId === logId;
  }

  /** Why the record at `at` is not the one that belongs there; null: it is. */
  #reason(header: RecordHeader, bytes: Uint8Array, at: number): string | null {
    if (header.version !== formatVersion) return `a record of log format ${header.version}`;
    if (!this.#isOurs(header)) return 'a record of another log';
    if (this.#next !== null && header.offset !== this.#next) {
      return `record ${header.offset} stands where record ${this.#next} belongs`;
    }
    return readBody(bytes, at, header) === null
      ? `the body of record ${header.offset} fails its check`
      : null;
  }

  #damage(segment: Segment, at: number, reason: string): LogItem {
    return { kind: 'damage', place: placeOf(segment, at), next: this.#next, reason };
  }
}

function placeOf(segment: Segment, at: number): LogPlace {
  return { segment: segment.name, at, position: segment.base + at };
}

function allZero(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}
