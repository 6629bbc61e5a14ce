// The statements of visibility that have no filter; compile.ts makes those that have one.

/** `close_order` of an open run. */
export const openOrder: number = Number.MIN_SAFE_INTEGER;

export const visibilityStatements: string[] = [];

function statement(text: string): number {
  return visibilityStatements.push(text) - 1;
}

export const putRun: number = statement(`
  INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET version = excluded.version, status = excluded.status,
    close_order = excluded.close_order, start_order = excluded.start_order,
    execution_time = excluded.execution_time, history_length = excluded.history_length,
    history_bytes = excluded.history_bytes, transitions = excluded.transitions,
    type = excluded.type, queue = excluded.queue, memo = excluded.memo,
    attributes = excluded.attributes, log_partition = excluded.log_partition,
    generation = excluded.generation
  WHERE excluded.version > version`);

/** Behind its run: the order is the run's. Nothing when another version of the run is there. */
export const putAttribute: number = statement(`
  INSERT OR IGNORE INTO attributes
  SELECT ns, ?, ?, close_order, start_order, run, wf FROM runs
  WHERE run = ? AND wf = ? AND ns = ? AND version = ?`);

export const removeRun: number = statement('DELETE FROM runs WHERE run = ? AND wf = ? AND ns = ?');

/** A row that a write of a generation has not changed. */
export const markRun: number = statement(`
  UPDATE runs SET generation = ?, log_partition = ?
  WHERE run = ? AND wf = ? AND ns = ? AND generation < ?`);

export const beginGeneration: number = statement(`
  INSERT INTO cursors VALUES (?, -1, ?, 0) ON CONFLICT DO UPDATE SET begun = excluded.begun`);

export const removeUnmarked: number = statement(
  'DELETE FROM runs WHERE log_partition = ? AND generation < ?',
);

export const endGeneration: number = statement(`
  UPDATE cursors SET ended = ?, position = max(position, ?) WHERE log_partition = ?`);

/** From the first to close on: the order of lists, read from its end. */
export const closedBefore: number = statement(`
  SELECT run, wf FROM runs INDEXED BY by_order
  WHERE ns = ? AND close_order > ? AND log_partition = ?
  ORDER BY close_order DESC, start_order DESC, run DESC LIMIT ? OFFSET ?`);

export const putCursor: number = statement(`
  INSERT INTO cursors VALUES (?, ?, 0, 0)
  ON CONFLICT DO UPDATE SET position = max(position, excluded.position)`);

export const readCursor: number = statement(`
  SELECT position FROM cursors WHERE log_partition = ? AND position >= 0 AND begun = ended`);

export const readFeeds: number = statement(
  'SELECT log_partition, position, begun, ended FROM cursors',
);
