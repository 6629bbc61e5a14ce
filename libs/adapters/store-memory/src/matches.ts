// Whether a row is one that a filter asks for.

import { type Condition, holds, type IndexedRow, type ListFilter } from '@perdure/ports';

export function matches(row: IndexedRow, filter: ListFilter): boolean {
  return filter.every((condition) =>
    condition.kind === 'system' ? hasField(row, condition) : hasAttribute(row, condition),
  );
}

type System = Extract<Condition, { readonly kind: 'system' }>;
type Attribute = Extract<Condition, { readonly kind: 'attribute' }>;

function hasField(row: IndexedRow, { field, sign, values }: System): boolean {
  const held = {
    WorkflowId: row.run.workflowId,
    RunId: row.run.runId,
    WorkflowType: row.workflowType,
    TaskQueue: row.taskQueue,
    ExecutionStatus: row.status,
    StartTime: row.startTimeUs,
    ExecutionTime: row.executionTimeUs,
    CloseTime: row.closeTimeUs,
  }[field];
  return held !== null && holds(held, sign, values);
}

function hasAttribute(row: IndexedRow, { name, many, sign, values }: Attribute): boolean {
  const held = row.attributes?.find((attribute) => attribute.name === name)?.values ?? [];
  if (many && sign === '!=') return !held.some((one) => values.includes(one));
  return held.some((one) => holds(one, sign, values));
}
