// Reading: whole runs of records, one read of the file for each segment. Every record is checked again on its way out:
// what was damaged since opening is named, never served.

import { type LogRecord, StorageFault } from '@perdure/ports';
import { readBody, readHeader } from './record-format.ts';
import type { Segment } from './segment.ts';

/** Records from `fromOffset` on: at least one if there is one, then as many as fit in `maxBytes`. */
export function readRecords(
  segments: readonly Segment[],
  fromOffset: number,
  maxBytes: number,
): LogRecord[] {
  const found: LogRecord[] = [];
  let budget = maxBytes;
  for (const segment of segments) {
    const start = Math.max(0, fromOffset - segment.firstOffset);
    let end = start;
    for (; end < segment.lengths.length; end++) {
      const length = segment.lengths[end]!;
      if (length > budget && found.length + end - start > 0) break;
      budget -= length;
    }
    if (end > start) readRange(segment, start, end, found);
    if (end < segment.lengths.length) break;
  }
  return found;
}

/** Reads the records of the segment from index `start` up to `end`. */
function readRange(segment: Segment, start: number, end: number, found: LogRecord[]): void {
  const from = segment.starts[start]!;
  const bytes = segment.read(from, (segment.starts[end] ?? segment.end) - from);
  for (let i = start; i < end; i++) {
    const at = segment.starts[i]!;
    const offset = segment.firstOffset + i;
    const header = readHeader(bytes, at - from);
    const body = header?.offset === offset ? readBody(bytes, at - from, header) : null;
    if (body === null) {
      throw new StorageFault(
        'corrupt',
        `record ${offset} at position ${segment.base + at} (${segment.name}, byte ${at}) was damaged after it was ` +
          `written. It is not served. Restore the log's directory from a backup as a whole.`,
      );
    }
    found.push({ offset, bytes: body });
  }
}
