-- The visibility index on PostgreSQL 15 and later. Applied by the server in one transaction; never changed once released.
--
-- T1. Texts are bytea: they hold any text of the API, compare by their bytes whatever the locale, and never fail to be stored.
--     Ids of namespaces and runs that are UUIDs are 17 bytes (0xFF and the UUID), which halves the indexes.
-- T2. The order of a list is ascending by (close_order, start_order, run): times are stored negated, and the close time of an
--     open run as the lowest number, so that a page begins with one comparison of three columns.
-- T3. A write is one call of visibility_write, so one statement and one transaction: a node that freezes holds no lock.
--     The writers of one LogPartition take turns by its row in visibility_feeds; each statement after that lock sees what the
--     writer before committed. Rows are touched in the order of their keys, so two LogPartitions do not wait in a circle.
--     What a removal promises rests on those turns: a run belongs to one LogPartition, and before its block moves to another
--     (X4) the owners there must take the turns of both.
-- T4. Counts are kept for each LogPartition, so that its writers, who take turns anyway, never wait for those of another.
-- T5. A later version that changes a function gives it another name: during an upgrade both versions of the server write.

CREATE TABLE perdure.visibility_feeds (
  log_partition integer PRIMARY KEY,
  -- Everything at or below it is indexed; -1: nothing is known.
  position bigint NOT NULL DEFAULT -1,
  -- Generations: the newest that was begun, and the newest that has ended.
  begun bigint NOT NULL DEFAULT 0,
  ended bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE perdure.visibility_runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run bytea NOT NULL,
  wf bytea NOT NULL,
  ns bytea NOT NULL,
  log_partition integer NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL,
  status integer NOT NULL,
  close_order bigint NOT NULL,
  start_order bigint NOT NULL,
  execution_time bigint NOT NULL,
  history_length bigint NOT NULL,
  history_bytes bigint NOT NULL,
  transitions bigint NOT NULL,
  type bytea NOT NULL,
  queue bytea NOT NULL,
  memo bytea NOT NULL,
  attributes bytea NOT NULL
);
CREATE UNIQUE INDEX visibility_runs_by_run ON perdure.visibility_runs (run, wf, ns);
CREATE INDEX visibility_runs_by_workflow
  ON perdure.visibility_runs (ns, wf, close_order, start_order, run);
CREATE INDEX visibility_runs_by_type
  ON perdure.visibility_runs (ns, type, close_order, start_order, run);
CREATE INDEX visibility_runs_by_status
  ON perdure.visibility_runs (ns, status, close_order, start_order, run);
CREATE INDEX visibility_runs_by_order ON perdure.visibility_runs (ns, close_order, start_order, run);
-- What retention of one owner looks for.
CREATE INDEX visibility_runs_by_partition
  ON perdure.visibility_runs (log_partition, ns, close_order, start_order, run);

-- Values of search attributes as keys that sort as the values do, in the order of lists. A key of the index has a bound, which
-- the head of a value keeps; the whole value is compared behind it.
CREATE TABLE perdure.visibility_attributes (
  row_id bigint NOT NULL,
  ns bytea NOT NULL,
  name bytea NOT NULL,
  value bytea NOT NULL,
  close_order bigint NOT NULL,
  start_order bigint NOT NULL,
  run bytea NOT NULL
);
CREATE INDEX visibility_attributes_by_value ON perdure.visibility_attributes
  (ns, name, substring(value FROM 1 FOR 512), close_order, start_order, run);
CREATE INDEX visibility_attributes_by_row ON perdure.visibility_attributes (row_id, name);

-- Runs that were removed: a row that is late does not bring them back.
CREATE TABLE perdure.visibility_removed (
  run bytea NOT NULL,
  wf bytea NOT NULL,
  ns bytea NOT NULL,
  removed_at timestamptz NOT NULL,
  PRIMARY KEY (run, wf, ns)
);
CREATE INDEX visibility_removed_by_time ON perdure.visibility_removed (removed_at);

CREATE TABLE perdure.visibility_counts (
  ns bytea NOT NULL,
  log_partition integer NOT NULL,
  status integer NOT NULL,
  type bytea NOT NULL,
  queue bytea NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (ns, log_partition, status, type, queue)
) WITH (fillfactor = 50);

CREATE FUNCTION perdure.visibility_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO perdure.visibility_counts AS c
    SELECT ns, log_partition, status, type, queue, count(*) FROM added
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (ns, log_partition, status, type, queue) DO UPDATE SET n = c.n + excluded.n;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO perdure.visibility_counts AS c
    SELECT ns, log_partition, status, type, queue, sum(d) FROM (
      SELECT ns, log_partition, status, type, queue, 1 AS d FROM added
      UNION ALL SELECT ns, log_partition, status, type, queue, -1 FROM gone
    ) AS changes
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(d) <> 0 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (ns, log_partition, status, type, queue) DO UPDATE SET n = c.n + excluded.n;
  ELSE
    UPDATE perdure.visibility_counts AS c SET n = c.n - g.n FROM (
      SELECT ns, log_partition, status, type, queue, count(*) AS n FROM gone GROUP BY 1, 2, 3, 4, 5
    ) AS g
    WHERE (c.ns, c.log_partition, c.status, c.type, c.queue)
      = (g.ns, g.log_partition, g.status, g.type, g.queue);
  END IF;
  DELETE FROM perdure.visibility_counts AS c
  USING (SELECT DISTINCT ns, log_partition, status, type, queue FROM gone) AS g
  WHERE (c.ns, c.log_partition, c.status, c.type, c.queue)
    = (g.ns, g.log_partition, g.status, g.type, g.queue) AND c.n = 0;
  RETURN NULL;
END $$;

CREATE TRIGGER counted_insert AFTER INSERT ON perdure.visibility_runs
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION perdure.visibility_count();
CREATE TRIGGER counted_update AFTER UPDATE ON perdure.visibility_runs
  REFERENCING OLD TABLE AS gone NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION perdure.visibility_count();
CREATE TRIGGER counted_delete AFTER DELETE ON perdure.visibility_runs
  REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION perdure.visibility_count();

-- The row of a LogPartition, locked to the end of the transaction.
CREATE FUNCTION perdure.visibility_lock(of_partition integer)
RETURNS perdure.visibility_feeds LANGUAGE plpgsql AS $$
DECLARE
  held perdure.visibility_feeds;
BEGIN
  SELECT * INTO held FROM perdure.visibility_feeds WHERE log_partition = of_partition FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO perdure.visibility_feeds (log_partition) VALUES (of_partition)
    ON CONFLICT DO NOTHING;
    SELECT * INTO held FROM perdure.visibility_feeds WHERE log_partition = of_partition FOR UPDATE;
  END IF;
  RETURN held;
END $$;

-- One write of an owner. Element i of every array of rows belongs to row i; attribute k belongs to row attribute_of[k].
-- reached: the cursor, null when nothing is said of it; known: what the writer knows to be stored.
-- keep: for how long removals are kept.
CREATE FUNCTION perdure.visibility_write(
  of_partition integer, known bigint, reached bigint, keep interval,
  gone_run bytea[], gone_wf bytea[], gone_ns bytea[],
  row_run bytea[], row_wf bytea[], row_ns bytea[], row_version bigint[], row_status bigint[],
  row_close bigint[], row_start bigint[], row_execution bigint[], row_length bigint[],
  row_bytes bigint[], row_transitions bigint[], row_type bytea[], row_queue bytea[],
  row_memo bytea[], row_attributes bytea[],
  attribute_of bigint[], attribute_name bytea[], attribute_value bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  held perdure.visibility_feeds := perdure.visibility_lock(of_partition);
BEGIN
  IF known > held.position THEN
    RAISE EXCEPTION 'LogPartition % is held to %, its writer knows of %',
      of_partition, held.position, known USING ERRCODE = 'PDV01';
  END IF;

  IF cardinality(gone_run) > 0 THEN
    INSERT INTO perdure.visibility_removed
    SELECT DISTINCT run, wf, ns, now() FROM unnest(gone_run, gone_wf, gone_ns) AS g (run, wf, ns)
    ORDER BY run, wf, ns
    ON CONFLICT (run, wf, ns) DO UPDATE SET removed_at = excluded.removed_at;
  END IF;

  IF cardinality(row_run) > 0 THEN
    WITH given AS (
      SELECT DISTINCT ON (run, wf, ns) * FROM unnest(
        row_run, row_wf, row_ns, row_version, row_status, row_close, row_start, row_execution,
        row_length, row_bytes, row_transitions, row_type, row_queue, row_memo, row_attributes
      ) WITH ORDINALITY AS g (
        run, wf, ns, version, status, close_order, start_order, execution_time,
        history_length, history_bytes, transitions, type, queue, memo, attributes, i
      )
      ORDER BY run, wf, ns, version DESC, i
    ), taken AS (
      INSERT INTO perdure.visibility_runs AS r (
        run, wf, ns, log_partition, generation, version, status, close_order, start_order,
        execution_time, history_length, history_bytes, transitions, type, queue, memo, attributes
      )
      SELECT run, wf, ns, of_partition, held.begun, version, status, close_order, start_order,
        execution_time, history_length, history_bytes, transitions, type, queue, memo, attributes
      FROM given AS g
      WHERE NOT EXISTS (
        SELECT FROM perdure.visibility_removed AS x
        WHERE x.run = g.run AND x.wf = g.wf AND x.ns = g.ns
      )
      ORDER BY run, wf, ns
      ON CONFLICT (run, wf, ns) DO UPDATE SET
        log_partition = excluded.log_partition, generation = excluded.generation,
        version = excluded.version, status = excluded.status,
        close_order = excluded.close_order, start_order = excluded.start_order,
        execution_time = excluded.execution_time, history_length = excluded.history_length,
        history_bytes = excluded.history_bytes, transitions = excluded.transitions,
        type = excluded.type, queue = excluded.queue, memo = excluded.memo,
        attributes = excluded.attributes
      WHERE excluded.version > r.version
      RETURNING r.id, r.run, r.wf, r.ns, r.close_order, r.start_order
    ), unindexed AS (
      DELETE FROM perdure.visibility_attributes AS a USING taken AS t WHERE a.row_id = t.id
    )
    INSERT INTO perdure.visibility_attributes
    SELECT DISTINCT t.id, t.ns, a.name, a.value, t.close_order, t.start_order, t.run
    FROM taken AS t
    JOIN given AS g ON g.run = t.run AND g.wf = t.wf AND g.ns = t.ns
    JOIN unnest(attribute_of, attribute_name, attribute_value) AS a (i, name, value) ON a.i = g.i;

    IF held.begun > held.ended THEN
      UPDATE perdure.visibility_runs AS r
      SET generation = held.begun, log_partition = of_partition
      FROM unnest(row_run, row_wf, row_ns) AS g (run, wf, ns)
      WHERE r.run = g.run AND r.wf = g.wf AND r.ns = g.ns AND r.generation < held.begun;
    END IF;
  END IF;

  IF cardinality(gone_run) > 0 THEN
    WITH deleted AS (
      DELETE FROM perdure.visibility_runs AS r
      USING unnest(gone_run, gone_wf, gone_ns) AS g (run, wf, ns)
      WHERE r.run = g.run AND r.wf = g.wf AND r.ns = g.ns
      RETURNING r.id
    )
    DELETE FROM perdure.visibility_attributes AS a USING deleted AS d WHERE a.row_id = d.id;
  END IF;

  IF reached > held.position THEN
    UPDATE perdure.visibility_feeds SET position = reached WHERE log_partition = of_partition;
  END IF;

  DELETE FROM perdure.visibility_removed WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM perdure.visibility_removed WHERE removed_at < now() - keep
    ORDER BY removed_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  ));
END $$;

CREATE FUNCTION perdure.visibility_begin(of_partition integer)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  held perdure.visibility_feeds := perdure.visibility_lock(of_partition);
BEGIN
  UPDATE perdure.visibility_feeds SET begun = held.begun + 1 WHERE log_partition = of_partition;
  RETURN held.begun + 1;
END $$;

-- Removes the rows of the LogPartition without the generation among those with ids above from_id to to_id.
CREATE FUNCTION perdure.visibility_sweep(
  of_partition integer, of_generation bigint, from_id bigint, to_id bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  held perdure.visibility_feeds := perdure.visibility_lock(of_partition);
BEGIN
  IF held.begun <> of_generation THEN RETURN; END IF;
  WITH deleted AS (
    DELETE FROM perdure.visibility_runs
    WHERE id > from_id AND id <= to_id AND log_partition = of_partition
      AND generation < of_generation
    RETURNING id
  )
  DELETE FROM perdure.visibility_attributes AS a USING deleted AS d WHERE a.row_id = d.id;
END $$;

CREATE FUNCTION perdure.visibility_end(of_partition integer, of_generation bigint, reached bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  held perdure.visibility_feeds := perdure.visibility_lock(of_partition);
BEGIN
  IF held.begun <> of_generation THEN RETURN; END IF;
  UPDATE perdure.visibility_feeds
  SET ended = of_generation, position = greatest(position, reached)
  WHERE log_partition = of_partition;
END $$;
