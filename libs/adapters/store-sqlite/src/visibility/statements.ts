// The statements of visibility. Lists and counts have one for each set of conditions, with the index named: without
// statistics SQLite would take any that gives the order, and a million rows to find one.

import type { VisibilityFilter } from '@perdure/ports';

/** `close_order` of an open run. */
export const openOrder: number = Number.MIN_SAFE_INTEGER;

export const visibilityStatements: string[] = [];

function statement(text: string): number {
  return visibilityStatements.push(text) - 1;
}

export const putRun: number = statement(`
  INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET version = excluded.version, status = excluded.status,
    close_order = excluded.close_order, start_order = excluded.start_order,
    execution_time = excluded.execution_time, history_length = excluded.history_length,
    history_bytes = excluded.history_bytes, transitions = excluded.transitions,
    type = excluded.type, queue = excluded.queue, memo = excluded.memo,
    attributes = excluded.attributes
  WHERE excluded.version > version`);

export const removeRun: number = statement('DELETE FROM runs WHERE run = ? AND wf = ? AND ns = ?');

export const removeAllRuns: number = statement('DELETE FROM runs');

export const removeCursors: number = statement('DELETE FROM cursors');

/** From the first to close on: the order of lists, read from its end. */
export const closedBefore: number = statement(`
  SELECT run, wf FROM runs INDEXED BY by_order WHERE ns = ? AND close_order > ?
  ORDER BY close_order DESC, start_order DESC, run DESC LIMIT ? OFFSET ?`);

export const putCursor: number = statement(`
  INSERT INTO cursors VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position`);

export const readCursor: number = statement('SELECT position FROM cursors WHERE log_partition = ?');

/** Statements for one set of conditions. Values: namespace, then the filter's in the order of `conditions`. */
export interface FilterStatements {
  readonly list: number;
  /** Further values: the position. */
  readonly listAfter: number;
  readonly countByStatus: number;
}

/** Fields of a filter that compare a column with a value; the first one present chooses the index. */
export const conditions = [
  { field: 'runId', column: 'run', index: 'by_run' },
  { field: 'workflowId', column: 'wf', index: 'by_workflow' },
  { field: 'workflowType', column: 'type', index: 'by_type' },
  { field: 'status', column: 'status', index: 'by_status' },
  { field: 'taskQueue', column: 'queue', index: 'by_order' },
] as const;

const openConditions = [
  '',
  ` AND close_order = ${openOrder}`,
  ` AND close_order > ${openOrder}`,
] as const;

const byShape: FilterStatements[] = [];
for (let shape = 0; shape < openConditions.length << conditions.length; shape++) {
  byShape.push(statementsOf(shape));
}

export function statementsFor(filter: VisibilityFilter): FilterStatements {
  let shape = filter.open === undefined ? 0 : filter.open ? 1 : 2;
  for (const { field } of conditions) shape = shape * 2 + (filter[field] === undefined ? 0 : 1);
  return byShape[shape] as FilterStatements;
}

/** Bits of `shape`: the conditions, the first one highest; above them the openness. */
function statementsOf(shape: number): FilterStatements {
  const present = conditions.filter((_, i) => (shape >> (conditions.length - 1 - i)) & 1);
  const index = present[0]?.index ?? 'by_order';
  const open = shape >> conditions.length;
  const equalities = present.map(({ column }) => ` AND ${column} = ?`).join('');
  const where = `WHERE ns = ?${equalities}${openConditions[open] ?? ''}`;
  const list = `
    SELECT run, wf, version, status, close_order, start_order, execution_time, history_length,
      history_bytes, transitions, type, queue, memo, attributes
    FROM runs INDEXED BY ${index} ${where}`;
  const order = 'ORDER BY close_order, start_order, run LIMIT ?';
  const counted = present.every(({ field }) => field !== 'runId' && field !== 'workflowId');
  const isOpen = ['', ' AND open = 1', ' AND open = 0'][open] ?? '';
  return {
    list: statement(`${list} ${order}`),
    listAfter: statement(`${list} AND (close_order, start_order, run) > (?, ?, ?) ${order}`),
    countByStatus: statement(
      counted
        ? `SELECT status, sum(n) FROM counts WHERE ns = ?${equalities}${isOpen} GROUP BY status`
        : `SELECT status, count(*) FROM runs INDEXED BY ${index} ${where} GROUP BY status`,
    ),
  };
}
