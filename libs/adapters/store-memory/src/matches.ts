// Whether a row is one that a filter asks for.

import type { AttributeValue, Condition, IndexedRow, ListFilter, Sign } from '@perdure/ports';

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

function holds(held: AttributeValue, sign: Sign, values: readonly AttributeValue[]): boolean {
  const [first = held, second = held] = values;
  switch (sign) {
    case '=':
      return held === first;
    case '!=':
      return held !== first;
    case '<':
      return held < first;
    case '<=':
      return held <= first;
    case '>':
      return held > first;
    case '>=':
      return held >= first;
    case 'in':
      return values.includes(held);
    case 'between':
      return held >= first && held <= second;
  }
}
