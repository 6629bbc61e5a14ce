// A row of visibility as columns: those of a write, one array for each, and those that a list reads.

import {
  attributeKey,
  type IndexedRow,
  idOfKey,
  type RunKey,
  type VisibilityRow,
} from '@perdure/ports';
import { bigintArray, byteaArray } from './binary-array.ts';
import { idBytes } from './id-bytes.ts';

/** `close_order` of an open run. */
export const openOrder: number = Number.MIN_SAFE_INTEGER;

export const shownColumns = `r.run, r.wf, r.version, r.status, r.close_order, r.start_order, r.execution_time,
  r.history_length, r.history_bytes, r.transitions, r.type, r.queue, r.memo, r.attributes`;

export type ShownColumns = readonly [
  run: Buffer,
  wf: Buffer,
  version: number,
  status: number,
  closeOrder: number,
  startOrder: number,
  executionTime: number,
  historyLength: number,
  historyBytes: number,
  transitions: number,
  type: Buffer,
  queue: Buffer,
  memo: Buffer,
  attributes: Buffer,
];

/** Three arrays. */
export function runArrays(runs: readonly RunKey[]): Buffer[] {
  return [
    byteaArray(runs.map(({ runId }) => idBytes(runId))),
    byteaArray(runs.map(({ workflowId }) => Buffer.from(workflowId))),
    byteaArray(runs.map(({ namespaceId }) => idBytes(namespaceId))),
  ];
}

/** The arrays of visibility_write, from row_run on. Throws a TypeError for a number that is not a safe integer. */
export function rowArrays(rows: readonly IndexedRow[]): Buffer[] {
  const integers = (of: (row: IndexedRow) => number): Buffer => bigintArray(rows.map(of));
  const texts = (of: (row: IndexedRow) => string): Buffer =>
    byteaArray(rows.map((row) => Buffer.from(of(row))));
  return [
    ...runArrays(rows.map(({ run }) => run)),
    integers((row) => row.version),
    integers((row) => row.status),
    integers((row) => closeOrder(row.closeTimeUs)),
    integers((row) => -row.startTimeUs),
    integers((row) => row.executionTimeUs),
    integers((row) => row.historyLength),
    integers((row) => row.historySizeBytes),
    integers((row) => row.stateTransitionCount),
    texts((row) => row.workflowType),
    texts((row) => row.taskQueue),
    byteaArray(rows.map(({ memo }) => memo)),
    byteaArray(rows.map(({ searchAttributes }) => searchAttributes)),
    ...attributeArrays(rows),
  ];
}

/** Numbers of rows, which count from 1, names and values. */
function attributeArrays(rows: readonly IndexedRow[]): Buffer[] {
  const rowNumbers: number[] = [];
  const names: Uint8Array[] = [];
  const keys: Uint8Array[] = [];
  for (const [i, { attributes }] of rows.entries()) {
    for (const { name, values } of attributes ?? []) {
      const nameBytes = Buffer.from(name);
      for (const value of values) {
        rowNumbers.push(i + 1);
        names.push(nameBytes);
        keys.push(attributeKey(value));
      }
    }
  }
  return [bigintArray(rowNumbers), byteaArray(names), byteaArray(keys)];
}

export function shownRow(namespaceId: string, columns: ShownColumns): VisibilityRow {
  const [run, wf, version, status, close, start, executionTimeUs] = columns;
  const [, , , , , , , historyLength, historySizeBytes, transitions] = columns;
  const [, , , , , , , , , , type, queue, memo, searchAttributes] = columns;
  return {
    run: { namespaceId, workflowId: wf.toString(), runId: idOfKey(run, 0, run.length) },
    version,
    status,
    closeTimeUs: close === openOrder ? null : timeOf(close),
    startTimeUs: timeOf(start),
    executionTimeUs,
    historyLength,
    historySizeBytes,
    stateTransitionCount: transitions,
    workflowType: type.toString(),
    taskQueue: queue.toString(),
    memo: bytesOf(memo),
    searchAttributes: bytesOf(searchAttributes),
  };
}

export function closeOrder(closeTimeUs: number | null): number {
  return closeTimeUs === null ? openOrder : -closeTimeUs;
}

/** The time that an order column stands for; never -0. */
function timeOf(order: number): number {
  return 0 - order;
}

/** As a plain Uint8Array, which is what the port gives. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
