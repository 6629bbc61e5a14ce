// What crosses the boundary between a LogThread and its thread. The thread answers requests one by one in their order,
// so answers need no names. Records travel packed, to the thread in memory that both sides see, back in a buffer that
// changes hands.

import { type LogExtent, type LogRecord, LogTrimmed, StorageFault } from '@perdure/ports';
import type { LocalLogOptions, LogStats } from './local-log.ts';
import type { RecoveryReport } from './open-segments.ts';

/** Packed records: for each a length of 4 bytes, little-endian, and the bytes. */
export type Packed = Uint8Array;

/** `workerData` of the thread. */
export interface ThreadStart {
  readonly directoryPath: string;
  readonly options: LocalLogOptions;
}

export type ThreadRequest =
  /** `records` lies in shared memory and belongs to the thread until it has answered. */
  | { readonly kind: 'append'; readonly records: Packed }
  | { readonly kind: 'read'; readonly fromOffset: number; readonly maxBytes: number }
  | { readonly kind: 'endOffset' }
  | { readonly kind: 'lowMark' }
  | { readonly kind: 'trim'; readonly offset: number }
  | { readonly kind: 'stats' }
  | { readonly kind: 'extent' }
  | { readonly kind: 'close' };

/** The first one, unasked, is the report of opening. */
export type ThreadAnswer = number | LogStats | LogExtent | Packed | RecoveryReport | null;

export type ThreadMessage =
  | { readonly kind: 'done'; readonly answer: ThreadAnswer }
  /** `ended`: with this the log ended; not so for a question that was wrong. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly ended: boolean }
  /** The log ended between two requests. */
  | { readonly kind: 'ended'; readonly failure: Failure };

/** An error in a form that survives the boundary with its class. */
export type Failure =
  | { readonly kind: 'storage'; readonly fault: StorageFault['kind']; readonly message: string }
  | { readonly kind: 'trimmed'; readonly asked: number; readonly lowMark: number }
  | { readonly kind: 'other'; readonly message: string };

export function failureOf(error: unknown): Failure {
  if (error instanceof StorageFault) {
    return { kind: 'storage', fault: error.kind, message: error.message };
  }
  if (error instanceof LogTrimmed) {
    return { kind: 'trimmed', asked: error.asked, lowMark: error.lowMark };
  }
  return { kind: 'other', message: error instanceof Error ? error.message : String(error) };
}

export function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case 'storage':
      return new StorageFault(failure.fault, failure.message);
    case 'trimmed':
      return new LogTrimmed(failure.asked, failure.lowMark);
    case 'other':
      return new Error(failure.message);
  }
}

export function packedBytes(records: readonly Uint8Array[]): number {
  let total = 0;
  for (const record of records) total += 4 + record.length;
  return total;
}

/** Packs the records into the start of `target`. */
export function packRecords(records: readonly Uint8Array[], target: Uint8Array): Packed {
  const view = new DataView(target.buffer, target.byteOffset);
  let at = 0;
  for (const record of records) {
    view.setUint32(at, record.length, true);
    target.set(record, at + 4);
    at += 4 + record.length;
  }
  return target.subarray(0, at);
}

/** The records as views of `packed`. */
export function unpackRecords(packed: Packed): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset);
  const records: Uint8Array[] = [];
  for (let at = 0; at < packed.length; ) {
    const end = at + 4 + view.getUint32(at, true);
    records.push(packed.subarray(at + 4, end));
    at = end;
  }
  return records;
}

export function numberRecords(records: readonly Uint8Array[], first: number): LogRecord[] {
  return records.map((bytes, i) => ({ offset: first + i, bytes }));
}
