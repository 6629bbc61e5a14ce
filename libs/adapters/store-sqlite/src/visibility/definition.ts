// The tables of visibility.
//
// The order of a list is ascending by (close_order, start_order, run): times are stored negated, and a close time that
// is absent as the lowest number, so open runs come first and a page begins with one comparison of three columns.
// Values of search attributes stand in the same order under their attribute, as keys (attribute-key.ts): a list by one of
// them reads a range. They are written behind their run and go when it changes or goes.
// Counts are kept by triggers, per type, queue, status and openness: counting a million runs reads a few rows.
// Format 3 knows of each row its LogPartition and generation (V5 of the port). It is made of format 2 in place: its rows are
// of LogPartition 0, the only one there was, and of no generation. Two columns of small numbers cost two bytes a row, and no
// index: a generation ends with one look at every row, once in the life of a file. Which runs were removed (V2) is not kept
// here: the file has one process, and what that process may still write it remembers itself.

import type { FileDefinition } from '../connection/database.ts';
import { openOrder, visibilityStatements } from './statements.ts';

const unindex = 'DELETE FROM attributes WHERE run = old.run AND wf = old.wf AND ns = old.ns;';
/** A row that is only marked keeps its attributes. */
const unindexChanged = `CREATE TRIGGER unindexed_update AFTER UPDATE OF version ON runs BEGIN ${unindex} END;`;

const schema = `
  CREATE TABLE runs (
    run BLOB NOT NULL, wf BLOB NOT NULL, ns BLOB NOT NULL, version INTEGER NOT NULL,
    status INTEGER NOT NULL, close_order INTEGER NOT NULL, start_order INTEGER NOT NULL,
    execution_time INTEGER NOT NULL, history_length INTEGER NOT NULL,
    history_bytes INTEGER NOT NULL, transitions INTEGER NOT NULL, type BLOB NOT NULL,
    queue BLOB NOT NULL, memo BLOB NOT NULL, attributes BLOB NOT NULL,
    log_partition INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX by_run ON runs (run, wf, ns);
  CREATE INDEX by_workflow ON runs (wf, ns, close_order, start_order, run);
  CREATE INDEX by_type ON runs (type, ns, close_order, start_order, run, status);
  CREATE INDEX by_status ON runs (status, ns, close_order, start_order, run);
  CREATE INDEX by_order ON runs (ns, close_order, start_order, run);

  CREATE TABLE counts (
    ns BLOB NOT NULL, status INTEGER NOT NULL, open INTEGER NOT NULL, type BLOB NOT NULL,
    queue BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (ns, status, open, type, queue)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER counted_insert AFTER INSERT ON runs BEGIN ${count('new')} END;
  CREATE TRIGGER counted_delete AFTER DELETE ON runs BEGIN ${uncount('old')} END;
  CREATE TRIGGER counted_update AFTER UPDATE ON runs
    WHEN new.status <> old.status OR new.type <> old.type OR new.queue <> old.queue
      OR (new.close_order = ${openOrder}) <> (old.close_order = ${openOrder})
    BEGIN ${count('new')} ${uncount('old')} END;

  CREATE TABLE attributes (
    ns BLOB NOT NULL, name BLOB NOT NULL, value BLOB NOT NULL, close_order INTEGER NOT NULL,
    start_order INTEGER NOT NULL, run BLOB NOT NULL, wf BLOB NOT NULL,
    PRIMARY KEY (ns, name, value, close_order, start_order, run, wf)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attributes_of_run ON attributes (run, wf, ns, name);
  CREATE TRIGGER unindexed_delete AFTER DELETE ON runs BEGIN ${unindex} END;
  ${unindexChanged}

  CREATE TABLE cursors (
    log_partition INTEGER PRIMARY KEY, position INTEGER NOT NULL,
    begun INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0
  ) STRICT;`;

const ofFormat2 = `
  ALTER TABLE runs ADD COLUMN log_partition INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE cursors ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE cursors ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
  DROP TRIGGER unindexed_update;
  ${unindexChanged}`;

function count(row: string): string {
  return `INSERT INTO counts
    VALUES (${row}.ns, ${row}.status, ${row}.close_order = ${openOrder}, ${row}.type, ${row}.queue, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;`;
}

function uncount(row: string): string {
  const key = `ns = ${row}.ns AND status = ${row}.status AND open = (${row}.close_order = ${openOrder})
    AND type = ${row}.type AND queue = ${row}.queue`;
  return `UPDATE counts SET n = n - 1 WHERE ${key}; DELETE FROM counts WHERE ${key} AND n = 0;`;
}

export const visibilityDefinition: FileDefinition = {
  kind: 'visibility',
  format: 3,
  upgrades: {
    // Emptied: without a cursor it is built anew.
    1: `DROP TABLE runs; DROP TABLE counts; DROP TABLE cursors; ${schema}`,
    2: ofFormat2,
  },
  schema,
  statements: visibilityStatements,
  cureOfCorruption: 'delete it, and its -wal and -shm: it is rebuilt from the store',
};
