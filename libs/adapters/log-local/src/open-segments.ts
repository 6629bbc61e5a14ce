// Opening: scan, then make what counts durable, then nothing else (L11).
//
// 1. Segments behind the last record are removed, the last one first, so that no gap can be left by a crash in between.
// 2. Records above the known-synced position are written again and synced: they may have been read from memory of the
//    operating system that no disk ever saw, also after a sync that failed. They are all in the last segment: its first
//    record was written after a sync of everything before it.
// 3. The rest of the last segment is cut off and filled with new zeros, so that nothing stale can be read as a record.
// 4. The directory is synced: names made by a process that was killed before it did so count from here on.
// 5. A crash at any point of this leaves a directory that opens to the same records.

import { assert } from '@perdure/kernel';
import type { FileDirectory } from '@perdure/ports';
import { onDisk } from './on-disk.ts';
import { scan } from './recovery-scan.ts';
import { Segment } from './segment.ts';

/** What opening found and did. */
export interface RecoveryReport {
  readonly lowMark: number;
  readonly endOffset: number;
  readonly segments: number;
  /** What stood behind the last whole record and was cut off; null when nothing did. */
  readonly tornTail: string | null;
  /** Bytes of records that were not known to be on disk and were written again. */
  readonly rewrittenBytes: number;
}

export interface OpenedSegments {
  readonly segments: Segment[];
  readonly logId: number;
  readonly report: RecoveryReport;
}

export function openSegments(
  directory: FileDirectory,
  options: { readonly logId: number; readonly fillBytes: number },
): OpenedSegments {
  const segments = Segment.openAll(directory);
  try {
    if (segments.length === 0) return beginLog(directory, options);
    const { logId, endOffset, last, synced, tornTail } = scan(segments);
    while (segments.length > last + 1) segments.pop()?.remove(directory);
    const rewrittenBytes = makeDurable(segments, synced, options.fillBytes);
    onDisk('syncing the directory', () => directory.syncDirectory());
    const report = {
      lowMark: segments[0]?.firstOffset ?? 0,
      endOffset,
      segments: segments.length,
      tornTail,
      rewrittenBytes,
    };
    return { segments, logId: logId ?? options.logId, report };
  } catch (error) {
    for (const segment of segments) segment.close();
    throw error;
  }
}

function beginLog(
  directory: FileDirectory,
  options: { readonly logId: number; readonly fillBytes: number },
): OpenedSegments {
  const segments = [Segment.create(directory, 0, options.fillBytes)];
  const report = { lowMark: 0, endOffset: 0, segments: 1, tornTail: null, rewrittenBytes: 0 };
  return { segments, logId: options.logId, report };
}

/** Writes the records above `synced` again, clears what is behind the last one, and syncs. */
function makeDurable(segments: readonly Segment[], synced: number, fillBytes: number): number {
  const last = segments.at(-1) as Segment;
  const before = segments.at(-2);
  assert(before === undefined || synced >= before.position, 'a segment is synced before the next');
  const from = Math.max(0, Math.min(synced - last.base, last.end));
  const records = last.read(from, last.end - from);
  last.write(from, records);
  last.cut();
  last.fillTo(Math.ceil((last.end + 1) / fillBytes) * fillBytes);
  return records.length;
}
