// Reads a range of a LogPartition, and believes no gap.

import type { LogPartition, LogRecord } from '@perdure/ports';
import { hole } from './log-faults.ts';

const readBytesMax = 1024 * 1024;

/** Each record from `fromOffset` up to `toOffset` (exclusive), in order. Rejects with StorageFault where one is missing. */
export async function readRange(
  partition: LogPartition,
  fromOffset: number,
  toOffset: number,
  each: (record: LogRecord) => void,
): Promise<void> {
  let offset = fromOffset;
  while (offset < toOffset) {
    const records = await partition.read(offset, readBytesMax);
    if (records.length === 0) throw hole(offset, toOffset);
    for (const record of records) {
      if (record.offset !== offset) throw hole(offset, toOffset);
      if (offset === toOffset) return;
      each(record);
      offset += 1;
    }
  }
}
