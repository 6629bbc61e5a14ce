// The tables of the store (M4) and its statements.
//
// Keys begin with the run, or else the workflow id: a lookup names all parts anyway, the first part then tells most
// keys apart, and run ids that ascend with time (UUID v7) make every insert an append.
//
// Measured, 3 rows a run (2 KiB history, 0.7 KiB state, 0.2 KiB workflow), batches of 100, 60,000 runs, total CPU and
// disk per run, random run ids / ascending ones. A row in the key's tree drags its page through the WAL at a random
// place, and a row over 1 KiB (4 KiB pages) or 2 KiB (8 KiB pages) is cut in two; a table by rowid only appends.
//
//   WITHOUT ROWID, pages 4 / 8 / 16 KiB         168 / 179 / 174 us    52 / 63 / 35 us    6.0 / 8.4 / 4.0 KB
//   rowid + unique index, 4 / 8 / 16 KiB         63 /  53 /  52 us    37 / 24 / 25 us    4.7 / 3.9 / 3.7 KB
//   only history by rowid, 8 KiB                 95 us                 35 us              3.9 KB
//
// Wake rows are small and are dropped by the bucket, which is a range of their key: WITHOUT ROWID.

import type { FileDefinition } from '../connection/database.ts';

const metadata = `
  CREATE TABLE metadata (
    kind BLOB NOT NULL, key BLOB NOT NULL, version INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;`;

/** Rows of before are older than every clock, and of the one map that there was. */
const clocks = `
  ALTER TABLE wake ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE applied ADD COLUMN map_version INTEGER NOT NULL DEFAULT 1;`;

const schema = `
  CREATE TABLE history (
    run BLOB NOT NULL, wf BLOB NOT NULL, ns BLOB NOT NULL, branch INTEGER NOT NULL,
    first_event_id INTEGER NOT NULL, last_event_id INTEGER NOT NULL, clock INTEGER NOT NULL,
    events BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX history_key ON history (run, wf, ns, branch, first_event_id);

  CREATE TABLE run_state (
    run BLOB NOT NULL, wf BLOB NOT NULL, ns BLOB NOT NULL, version INTEGER NOT NULL,
    clock INTEGER NOT NULL, state BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX run_state_key ON run_state (run, wf, ns);

  CREATE TABLE workflows (
    wf BLOB NOT NULL, ns BLOB NOT NULL, clock INTEGER NOT NULL, state BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX workflows_key ON workflows (wf, ns);

  CREATE TABLE wake (
    block INTEGER NOT NULL, bucket INTEGER NOT NULL, run BLOB NOT NULL, wf BLOB NOT NULL,
    ns BLOB NOT NULL, shard INTEGER NOT NULL, version INTEGER NOT NULL, load_at INTEGER,
    offer BLOB, clock INTEGER NOT NULL, PRIMARY KEY (block, bucket, run, wf, ns)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE applied (
    log_partition INTEGER PRIMARY KEY, position INTEGER NOT NULL, epoch INTEGER NOT NULL,
    nonce BLOB NOT NULL, number INTEGER NOT NULL, clock INTEGER NOT NULL,
    map_version INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE quarantine (
    run BLOB NOT NULL, wf BLOB NOT NULL, ns BLOB NOT NULL, version INTEGER NOT NULL,
    clock INTEGER NOT NULL, reason BLOB NOT NULL, transition BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX quarantine_key ON quarantine (run, wf, ns, version);
  ${metadata}`;

const texts = {
  putHistory: `INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET last_event_id = excluded.last_event_id, clock = excluded.clock,
      events = excluded.events WHERE excluded.clock > clock`,
  putRunState: `INSERT INTO run_state VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, clock = excluded.clock,
      state = excluded.state WHERE excluded.clock > clock`,
  putWorkflow: `INSERT INTO workflows VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET clock = excluded.clock, state = excluded.state
      WHERE excluded.clock > clock`,
  putWake: `INSERT INTO wake VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET shard = excluded.shard, version = excluded.version,
      load_at = excluded.load_at, offer = excluded.offer, clock = excluded.clock
      WHERE excluded.version > version`,
  dropWakeBucket: 'DELETE FROM wake WHERE block = ? AND bucket = ? AND clock <= ?',
  removeHistory: 'DELETE FROM history WHERE run = ? AND wf = ? AND ns = ? AND clock <= ?',
  removeRunState: 'DELETE FROM run_state WHERE run = ? AND wf = ? AND ns = ? AND clock <= ?',
  // From one hour that has rows to the next, so that what the other runs of the block left is not walked through.
  removeWake: `WITH RECURSIVE hours (bucket) AS (
      SELECT min(bucket) FROM wake WHERE block = ?1
      UNION ALL
      SELECT (SELECT min(later.bucket) FROM wake AS later
        WHERE later.block = ?1 AND later.bucket > hours.bucket)
      FROM hours WHERE hours.bucket IS NOT NULL)
    DELETE FROM wake WHERE block = ?1 AND bucket IN (SELECT bucket FROM hours)
      AND run = ?2 AND wf = ?3 AND ns = ?4 AND clock <= ?5`,
  removeWorkflow: 'DELETE FROM workflows WHERE wf = ? AND ns = ? AND clock <= ?',
  putApplied: `INSERT INTO applied VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET position = excluded.position, epoch = excluded.epoch,
      nonce = excluded.nonce, number = excluded.number, clock = excluded.clock,
      map_version = excluded.map_version WHERE excluded.clock > clock`,
  putQuarantine: `INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET clock = excluded.clock, reason = excluded.reason,
      transition = excluded.transition WHERE excluded.clock > clock`,
  releaseQuarantine: 'DELETE FROM quarantine WHERE run = ? AND wf = ? AND ns = ? AND clock <= ?',
  readApplied: `SELECT position, epoch, nonce, number, clock, map_version FROM applied
    WHERE log_partition = ?`,
  readWorkflow: 'SELECT clock, state FROM workflows WHERE wf = ? AND ns = ?',
  readRunState: 'SELECT version, clock, state FROM run_state WHERE run = ? AND wf = ? AND ns = ?',
  scanRunStates: `SELECT run, wf, ns, version, clock, state FROM run_state
    ORDER BY run, wf, ns LIMIT ?`,
  scanRunStatesAfter: `SELECT run, wf, ns, version, clock, state FROM run_state
    WHERE (run, wf, ns) > (?, ?, ?) ORDER BY run, wf, ns LIMIT ?`,
  readHistory: `SELECT first_event_id, last_event_id, clock, events FROM history
    WHERE run = ? AND wf = ? AND ns = ? AND branch = ? AND last_event_id >= ?
    ORDER BY first_event_id`,
  oldestWakeBucket: 'SELECT min(bucket) FROM wake WHERE block = ? AND bucket >= ?',
  readWake: `SELECT run, wf, ns, shard, version, load_at, offer, clock FROM wake
    WHERE block = ? AND bucket = ? ORDER BY run, wf, ns LIMIT ?`,
  readWakeAfter: `SELECT run, wf, ns, shard, version, load_at, offer, clock FROM wake
    WHERE block = ? AND bucket = ? AND (run, wf, ns) > (?, ?, ?) ORDER BY run, wf, ns LIMIT ?`,
  readQuarantine: `SELECT run, wf, ns, version, clock, reason, transition FROM quarantine
    ORDER BY clock, run, wf, ns, version LIMIT ?`,
  listMetadata: 'SELECT key, version, value FROM metadata WHERE kind = ?',
  metadataVersion: 'SELECT version FROM metadata WHERE kind = ? AND key = ?',
  putMetadata: `INSERT INTO metadata VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, value = excluded.value`,
  removeMetadata: 'DELETE FROM metadata WHERE kind = ? AND key = ?',
} as const;

type StatementName = keyof typeof texts;

/** Number of each statement in a message. */
export const storeStatement: Readonly<Record<StatementName, number>> = Object.fromEntries(
  Object.keys(texts).map((name, number) => [name, number]),
) as Record<StatementName, number>;

/** Version of the tables. */
export const storeFormat = 3;

export const storeDefinition: FileDefinition = {
  kind: 'store',
  format: storeFormat,
  upgrades: { 1: `${metadata}${clocks}`, 2: clocks },
  schema,
  statements: Object.values(texts),
  cureOfCorruption: 'restore the directory from a backup',
};
