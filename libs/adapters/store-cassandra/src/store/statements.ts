// The statements of the store. What is written or deleted says the clock of its transition as its timestamp (M1).
//
// T1. A row is an INSERT of all its cells, none of them null: a null would be a tombstone, and of two rows with one
//     timestamp each cell is decided alone.
// T2. A delete hides what is at or below its timestamp for gc_grace_seconds (10 days); what is replayed is younger (L9).

const run = 'ns = ? AND wf = ? AND run = ?';

export const cql = {
  putHistory: `INSERT INTO history
    (ns, wf, run, branch, first_event_id, clock, part, parts, last_event_id, events)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  removeHistory: `DELETE FROM history USING TIMESTAMP ? WHERE ${run}`,
  readHistory: `SELECT first_event_id, clock, part, parts, last_event_id, events FROM history
    WHERE ${run} AND branch = ? AND first_event_id >= ?`,
  readEarlierHistory: `SELECT first_event_id, clock, part, parts, last_event_id FROM history
    WHERE ${run} AND branch = ? AND first_event_id < ?`,
  readOneFold: `SELECT first_event_id, clock, part, parts, last_event_id, events FROM history
    WHERE ${run} AND branch = ? AND first_event_id = ? AND clock = ?`,

  putStatePart: `INSERT INTO run_state_part (ns, wf, run, clock, part, bytes)
    VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  removeStateParts: `DELETE FROM run_state_part USING TIMESTAMP ? WHERE ${run}`,
  removeOlderStateParts: `DELETE FROM run_state_part USING TIMESTAMP ? WHERE ${run} AND clock < ?`,
  readStateParts: `SELECT part, bytes FROM run_state_part WHERE ${run} AND clock = ?`,

  putRunState: `INSERT INTO run_state (ns, wf, run, version, parts, state)
    VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  removeRunState: `DELETE FROM run_state USING TIMESTAMP ? WHERE ${run}`,
  readRunState: `SELECT version, parts, state, WRITETIME(version) AS clock FROM run_state WHERE ${run}`,

  putWorkflow: `INSERT INTO run_state (ns, wf, wf_state) VALUES (?, ?, ?) USING TIMESTAMP ?`,
  removeWorkflow: `DELETE wf_state FROM run_state USING TIMESTAMP ? WHERE ns = ? AND wf = ?`,
  readWorkflow: `SELECT DISTINCT wf_state, WRITETIME(wf_state) AS clock FROM run_state
    WHERE ns = ? AND wf = ?`,

  putWake: `INSERT INTO wake (block, bucket, wf, run, ns, shard, version, load_at, offered, offer)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  removeWake: `DELETE FROM wake USING TIMESTAMP ?
    WHERE block = ? AND bucket = ? AND wf = ? AND run = ? AND ns = ?`,
  dropWakeBucket: `DELETE FROM wake USING TIMESTAMP ? WHERE block = ? AND bucket = ?`,
  readWake: `SELECT wf, run, ns, shard, version, load_at, offered, offer, WRITETIME(version) AS clock
    FROM wake WHERE block = ? AND bucket = ? LIMIT ?`,
  readWakeAfter: `SELECT wf, run, ns, shard, version, load_at, offered, offer,
    WRITETIME(version) AS clock FROM wake
    WHERE block = ? AND bucket = ? AND (wf, run, ns) > (?, ?, ?) LIMIT ?`,
  anyWake: `SELECT bucket FROM wake WHERE block = ? AND bucket = ? LIMIT 1`,

  putWakeBucket: `INSERT INTO wake_bucket (block, bucket) VALUES (?, ?) USING TIMESTAMP ?`,
  removeWakeBucket: `DELETE FROM wake_bucket USING TIMESTAMP ? WHERE block = ? AND bucket = ?`,
  readWakeBuckets: `SELECT bucket FROM wake_bucket WHERE block = ? AND bucket >= ?`,

  putWakeOfRun: `INSERT INTO wake_of_run (ns, wf, run, bucket) VALUES (?, ?, ?, ?) USING TIMESTAMP ?`,
  removeWakeOfRun: `DELETE FROM wake_of_run USING TIMESTAMP ? WHERE ${run} AND bucket = ?`,
  readWakeOfRun: `SELECT bucket FROM wake_of_run WHERE ${run} AND bucket >= ?`,

  putApplied: `INSERT INTO applied (log_partition, position, epoch, nonce, number, map_version)
    VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  readApplied: `SELECT position, epoch, nonce, number, map_version, WRITETIME(number) AS clock
    FROM applied WHERE log_partition = ?`,

  putQuarantine: `INSERT INTO quarantine (slot, ns, wf, run, version, reason, transition)
    VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  releaseQuarantine: `DELETE FROM quarantine USING TIMESTAMP ? WHERE slot = ? AND ${run}`,
  readQuarantine: `SELECT ns, wf, run, version, reason, transition, WRITETIME(reason) AS clock
    FROM quarantine WHERE slot = ?`,

  scanRunStates: `SELECT ns, wf, run, version, parts, state, WRITETIME(version) AS clock
    FROM run_state`,
  scanRunStatesBehind: `SELECT ns, wf, run, version, parts, state, WRITETIME(version) AS clock
    FROM run_state WHERE token(ns, wf) > token(?, ?)`,
  scanRunStatesOfWorkflow: `SELECT ns, wf, run, version, parts, state, WRITETIME(version) AS clock
    FROM run_state WHERE ns = ? AND wf = ? AND run > ?`,
  scanWorkflow: `SELECT ns, wf, run, version, parts, state, WRITETIME(version) AS clock
    FROM run_state WHERE ns = ? AND wf = ?`,
  workflowsOfToken: `SELECT DISTINCT ns, wf FROM run_state WHERE token(ns, wf) = token(?, ?)`,
} as const;
