// Rows for the contract of the visibility index, and what a list of them should be.

import type {
  Condition,
  IndexedRow,
  ListFilter,
  RunKey,
  VisibilityBatch,
  VisibilityIndex,
  VisibilityPosition,
  VisibilityRow,
} from '../src/index.ts';

export type OpenVisibility = () => Promise<VisibilityIndex>;

export const namespaceId = '6f1c2d3e-4b5a-4c7d-8e9f-0a1b2c3d4e5f';

/** Writes as the owner of a LogPartition does, without a word of its cursor. */
export function put(
  index: VisibilityIndex,
  rows: readonly IndexedRow[],
  removed: readonly RunKey[] = [],
  logPartition = 0,
): Promise<void> {
  return index.write({ logPartition, rows, removed, cursor: null });
}

/** The same with a move of the cursor. */
export function feed(
  index: VisibilityIndex,
  logPartition: number,
  offset: number,
  batch: Partial<VisibilityBatch> & { readonly known?: number } = {},
): Promise<void> {
  const { known = -1, ...held } = batch;
  return index.write({ logPartition, rows: [], removed: [], cursor: { known, offset }, ...held });
}

const running = 1;
const completed = 2;

/** The nth run id, ascending. */
export function runIdOf(n: number): string {
  return `0194cbb4-9a3f-7a45-9d4e-${n.toString(16).padStart(12, '0')}`;
}

export function openRow(n: number, row: Partial<IndexedRow> = {}): IndexedRow {
  return {
    run: { namespaceId, workflowId: `w${n}`, runId: runIdOf(n) },
    version: 1,
    workflowType: 'order',
    taskQueue: 'q',
    status: running,
    startTimeUs: 1000 + n,
    executionTimeUs: 1000 + n,
    closeTimeUs: null,
    historyLength: 0,
    historySizeBytes: 0,
    stateTransitionCount: 1,
    memo: new Uint8Array(0),
    searchAttributes: new Uint8Array(0),
    ...row,
  };
}

export function closedRow(n: number, row: Partial<IndexedRow> = {}): IndexedRow {
  return openRow(n, {
    version: 2,
    status: completed,
    closeTimeUs: 2000 + n,
    historyLength: 11,
    historySizeBytes: 1700,
    stateTransitionCount: 5,
    ...row,
  });
}

const fields = {
  workflowId: 'WorkflowId',
  runId: 'RunId',
  workflowType: 'WorkflowType',
  taskQueue: 'TaskQueue',
  status: 'ExecutionStatus',
} as const;

/** Equalities joined by AND. */
export function where(
  held: {
    readonly [F in keyof typeof fields]?: string | number;
  },
): ListFilter {
  return Object.entries(held).map(([name, value]) => ({
    kind: 'system',
    field: fields[name as keyof typeof fields],
    sign: '=',
    values: [value],
  }));
}

/** Whether the condition holds, by the words of the port. */
export function matches(row: IndexedRow, filter: ListFilter): boolean {
  return filter.every((condition) => {
    const held = valuesOf(row, condition);
    const [first, second] = condition.values;
    const compare = {
      '=': (one: unknown) => one === first,
      '!=': (one: unknown) => one !== first,
      '<': (one: unknown) => (one as number) < (first as number),
      '<=': (one: unknown) => (one as number) <= (first as number),
      '>': (one: unknown) => (one as number) > (first as number),
      '>=': (one: unknown) => (one as number) >= (first as number),
      in: (one: unknown) => condition.values.some((value) => value === one),
      between: (one: unknown) =>
        (one as number) >= (first as number) && (one as number) <= (second as number),
    }[condition.sign];
    if (condition.kind === 'attribute' && condition.many && condition.sign === '!=')
      return held.every((one) => !condition.values.some((no) => no === one));
    return held.some(compare);
  });
}

function valuesOf(row: IndexedRow, condition: Condition): readonly unknown[] {
  if (condition.kind === 'attribute')
    return row.attributes?.find(({ name }) => name === condition.name)?.values ?? [];
  const { workflowType, taskQueue, startTimeUs, executionTimeUs, closeTimeUs, status, run } = row;
  const all = {
    WorkflowId: run.workflowId,
    RunId: run.runId,
    WorkflowType: workflowType,
    TaskQueue: taskQueue,
    ExecutionStatus: status,
    StartTime: startTimeUs,
    ExecutionTime: executionTimeUs,
    CloseTime: closeTimeUs,
  };
  const value = all[condition.field];
  return value === null ? [] : [value];
}

/** A row as a list shows it. */
export function shown({ attributes: _, ...row }: IndexedRow): VisibilityRow {
  return row;
}

/** Open first, then close time descending, start time descending, run id. */
export function inOrder(rows: readonly VisibilityRow[]): VisibilityRow[] {
  const key = (row: VisibilityRow): [number, number, string] => [
    row.closeTimeUs === null ? 0 : 1 + Number.MAX_SAFE_INTEGER - row.closeTimeUs,
    -row.startTimeUs,
    row.run.runId,
  ];
  return rows.toSorted((a, b) => {
    const [keyOfA, keyOfB] = [key(a), key(b)];
    const i = keyOfA.findIndex((part, at) => part !== keyOfB[at]);
    if (i === -1) return 0;
    return (keyOfA[i] as number | string) < (keyOfB[i] as number | string) ? -1 : 1;
  });
}

export function positionOf({ closeTimeUs, startTimeUs, run }: VisibilityRow): VisibilityPosition {
  return { closeTimeUs, startTimeUs, runId: run.runId };
}

/** The whole list, read in pages. */
export async function listAll(
  index: VisibilityIndex,
  filter: ListFilter,
  limit: number,
): Promise<VisibilityRow[]> {
  const rows: VisibilityRow[] = [];
  for (;;) {
    const last = rows.at(-1);
    const after = last === undefined ? null : positionOf(last);
    const page = await index.list(namespaceId, filter, after, limit);
    if (page.length === 0) return rows;
    rows.push(...page);
  }
}
