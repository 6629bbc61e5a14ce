// The store port on Cassandra: a view of the valid log in which last-write-wins is log order (M1).
//
// C1. Every write is plain, at LOCAL_QUORUM, with the clock of its transition as its timestamp. Sent twice, late, by two
//     owners at once or by a zombie, it gives the same rows. Nothing here is conditional.
// C2. What a fold writes is acknowledged in the order of M3, stage by stage; within a stage in any order.
// C3. A write that was not acknowledged in time rejects with StoreUnavailable: it may be there, or come later. The same batch
//     may be sent again. Nothing of a call is on its way from here any more when it has rejected.
// C4. An acknowledgement is what `sync` promises: a quorum has it. How far that survives a power loss of all copies at once
//     is Cassandra's own setting (commitlog_sync), which is looked at when the keyspace is opened.
// C5. A removal takes the wake rows that stand in far hours by looking them up; those in near hours go with their hour.

import { usPerHour } from '@perdure/kernel';
import {
  type AppliedRow,
  type FoldBatch,
  type HistoryRow,
  type QuarantineRow,
  type RemovedRun,
  type RunKey,
  type RunStateRow,
  refuseOddNumbers,
  rowsOf,
  type Store,
  type WakeRow,
  type WorkflowRow,
} from '@perdure/ports';
import type { types } from 'cassandra-driver';
import type { Session, Statement } from '../connection/session.ts';
import { bytesOf, numberOf, textOf } from './columns.ts';
import { keyOf, requestsOf } from './fold-requests.ts';
import { readHistoryRows } from './history-reader.ts';
import { joined } from './parts.ts';
import { quarantineSlots } from './quarantine-slots.ts';
import { readState, scanStates } from './state-reader.ts';
import { cql } from './statements.ts';

/** Hours before the present one whose buckets may still be there (M6). */
const pastHours = 3;

export class CassandraStore implements Store {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async write(batch: FoldBatch): Promise<void> {
    refuseOddNumbers(rowsOf(batch));
    const { first, second, last } = requestsOf(batch);
    const { runsRemoved } = batch;
    await this.#session.use(async () => {
      await this.#send(first);
      await this.#removeWakeRows(runsRemoved);
      await this.#send(second);
      await this.#send(last);
    });
  }

  /** Rejects when all have settled, with the first fault (C3). */
  async #send(batches: readonly (readonly Statement[])[]): Promise<void> {
    const sent = await Promise.allSettled(batches.map((batch) => this.#session.write(batch)));
    for (const outcome of sent) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** C5. Before the note of where they are goes. */
  async #removeWakeRows(removed: readonly RemovedRun[]): Promise<void> {
    const places = await Promise.all(removed.map((removal) => this.#wakePlaces(removal)));
    await this.#send(places.flat().map(({ row }) => [row]));
    await this.#send(places.flat().map(({ note }) => [note]));
  }

  async #wakePlaces({
    run,
    block,
    clock,
  }: RemovedRun): Promise<{ row: Statement; note: Statement }[]> {
    const key = keyOf(run);
    const [ns, wf, id] = key;
    const oldest = Math.max(Math.floor(clock / usPerHour) - pastHours, 0);
    const places: { row: Statement; note: Statement }[] = [];
    const statement = { cql: cql.readWakeOfRun, values: [...key, oldest] };
    for await (const found of this.#session.rows(statement)) {
      const bucket = numberOf(found, 'bucket');
      places.push({
        row: { cql: cql.removeWake, values: [clock, block, bucket, wf, id, ns] },
        note: { cql: cql.removeWakeOfRun, values: [clock, ...key, bucket] },
      });
    }
    return places;
  }

  /** C4. */
  async sync(): Promise<void> {
    await this.#session.use(() => Promise.resolve());
  }

  readApplied(logPartition: number): Promise<AppliedRow | null> {
    return this.#session.use(async () => {
      const row = await this.#session.first({ cql: cql.readApplied, values: [logPartition] });
      if (row === null) return null;
      return {
        logPartition,
        offset: numberOf(row, 'position'),
        epoch: numberOf(row, 'epoch'),
        nonce: textOf(row, 'nonce'),
        number: numberOf(row, 'number'),
        clock: numberOf(row, 'clock'),
        mapVersion: numberOf(row, 'map_version'),
      };
    });
  }

  readWorkflow(namespaceId: string, workflowId: string): Promise<WorkflowRow | null> {
    return this.#session.use(async () => {
      const values = [namespaceId, workflowId];
      const row = await this.#session.first({ cql: cql.readWorkflow, values });
      // A workflow id with runs and nothing of its own.
      if (row === null || row.get('wf_state') === null) return null;
      const state = joined([bytesOf(row, 'wf_state')]);
      return { namespaceId, workflowId, state, clock: numberOf(row, 'clock') };
    });
  }

  readRunState(run: RunKey): Promise<RunStateRow | null> {
    return this.#session.use(() => readState(this.#session, run));
  }

  scanRunStates(after: RunKey | null, limit: number): Promise<readonly RunStateRow[]> {
    return this.#session.use(() => scanStates(this.#session, after, limit));
  }

  readHistory(
    run: RunKey,
    branch: number,
    fromEventId: number,
    maxBytes: number,
  ): Promise<readonly HistoryRow[]> {
    return this.#session.use(() =>
      readHistoryRows(this.#session, run, branch, fromEventId, maxBytes),
    );
  }

  /** An hour that is known may have lost its rows: the next one is asked then. */
  oldestWakeBucket(block: number, from = 0): Promise<number | null> {
    return this.#session.use(async () => {
      const known = this.#session.rows({ cql: cql.readWakeBuckets, values: [block, from] });
      for await (const row of known) {
        const bucket = numberOf(row, 'bucket');
        const values = [block, bucket];
        if ((await this.#session.first({ cql: cql.anyWake, values })) !== null) return bucket;
      }
      return null;
    });
  }

  readWake(
    block: number,
    bucket: number,
    after: RunKey | null,
    limit: number,
  ): Promise<readonly WakeRow[]> {
    return this.#session.use(async () => {
      const place = [block, bucket];
      const statement =
        after === null
          ? { cql: cql.readWake, values: [...place, limit] }
          : { cql: cql.readWakeAfter, values: [...place, ...wakeKeyOf(after), limit] };
      const rows: WakeRow[] = [];
      for await (const row of this.#session.rows(statement))
        rows.push(wakeRowOf(block, bucket, row));
      return rows;
    });
  }

  readQuarantine(limit: number): Promise<readonly QuarantineRow[]> {
    return this.#session.use(async () => {
      const slots = Array.from({ length: quarantineSlots }, (_none, slot) => this.#slot(slot));
      const rows = (await Promise.all(slots)).flat();
      return rows.toSorted((a, b) => a.clock - b.clock).slice(0, limit);
    });
  }

  async #slot(slot: number): Promise<QuarantineRow[]> {
    const rows: QuarantineRow[] = [];
    const sizeOf = (row: types.Row): number => bytesOf(row, 'transition').length;
    for await (const row of this.#session.rows(
      { cql: cql.readQuarantine, values: [slot] },
      sizeOf,
    )) {
      rows.push({
        run: runOf(row),
        version: numberOf(row, 'version'),
        reason: textOf(row, 'reason'),
        transition: joined([bytesOf(row, 'transition')]),
        clock: numberOf(row, 'clock'),
      });
    }
    return rows;
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

function runOf(row: types.Row): RunKey {
  return {
    namespaceId: textOf(row, 'ns'),
    workflowId: textOf(row, 'wf'),
    runId: textOf(row, 'run'),
  };
}

/** In the order of the clustering columns. */
function wakeKeyOf({ namespaceId, workflowId, runId }: RunKey): [string, string, string] {
  return [workflowId, runId, namespaceId];
}

function wakeRowOf(block: number, bucket: number, row: types.Row): WakeRow {
  const loadAtUs = numberOf(row, 'load_at');
  return {
    block,
    bucket,
    shard: numberOf(row, 'shard'),
    run: runOf(row),
    version: numberOf(row, 'version'),
    loadAtUs: loadAtUs === -1 ? null : loadAtUs,
    offer: row.get('offered') === true ? joined([bytesOf(row, 'offer')]) : null,
    clock: numberOf(row, 'clock'),
  };
}
