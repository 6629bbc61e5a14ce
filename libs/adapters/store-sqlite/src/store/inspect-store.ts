// Looks at a store's file from outside, in the thread of the caller: for tools. One read transaction, from the opening to
// the end, so that everything seen belongs together.
//
// 1. Where no -wal lies beside the file nobody has it open, and SQLite is told so: it leaves no file of its own.
// 2. A file of an older format is read as it is: what its rows lack is what the upgrade would give them.
// 3. A server that has the file open goes on; its -wal is not emptied until the inspection ends.

import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import {
  type AppliedRow,
  type HistoryRow,
  type InspectedWorkflow,
  idOfKey,
  putUuidKey,
  type QuarantineRow,
  type RunKey,
  type RunStateRow,
  StorageFault,
  type StoreInspection,
  uuidKeyLength,
  type WakeRow,
} from '@perdure/ports';
import { checkOwnership, checkReadable } from '../connection/database.ts';
import { faultOf, reportFault } from '../connection/sqlite-fault.ts';
import { storeDefinition } from './definition.ts';

type Row = Record<string, SQLOutputValue>;

const findingsMax = 20;

/** Throws StorageFault when the file is missing, not a store, or of another format. */
export function inspectStore(path: string): StoreInspection {
  if (!existsSync(path)) {
    throw new StorageFault('mismatch', `${path} is missing; restore it from the same backup`);
  }
  let database: DatabaseSync | null = null;
  try {
    database = openToRead(path);
    if (checkOwnership(database, path, storeDefinition)) {
      throw new StorageFault('mismatch', `${path} is empty: it is not the store of a server`);
    }
    checkReadable(database, path, storeDefinition);
    return new InspectedStore(path, database);
  } catch (error) {
    database?.close();
    throw faultOf(reportFault(path, storeDefinition.cureOfCorruption, error));
  }
}

function openToRead(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  if (!existsSync(`${path}-wal`)) url.search = '?immutable=1';
  const database = new DatabaseSync(url, { readOnly: true, timeout: 5_000 });
  database.exec('BEGIN');
  return database;
}

class InspectedStore implements StoreInspection {
  readonly applied: AppliedRow | null;
  readonly #path: string;
  readonly #database: DatabaseSync;

  constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    const [row] = this.#rows('SELECT * FROM applied WHERE log_partition = 0');
    this.applied =
      row === undefined
        ? null
        : {
            logPartition: 0,
            offset: integer(row['position']),
            epoch: integer(row['epoch']),
            nonce: text(row['nonce']),
            number: integer(row['number']),
            clock: integer(row['clock']),
            mapVersion: integer(row['map_version'] ?? 1),
          };
  }

  damage(): readonly string[] {
    const rows = [...this.#rows(`PRAGMA integrity_check(${findingsMax})`)];
    return rows
      .map((row) => String(Object.values(row)[0]).replaceAll('\n', '; '))
      .filter((found) => found !== 'ok');
  }

  *runStates(): Generator<RunStateRow> {
    for (const row of this.#rows('SELECT * FROM run_state ORDER BY run, wf, ns')) {
      yield {
        run: runOf(row),
        version: integer(row['version']),
        state: bytes(row['state']),
        clock: integer(row['clock']),
      };
    }
  }

  *historyOf(run: RunKey): Generator<HistoryRow> {
    const key = [keyOf(run.runId), keyOf(run.workflowId), keyOf(run.namespaceId)];
    const where = 'WHERE run = ? AND wf = ? AND ns = ? AND branch = 0';
    const statement = `SELECT * FROM history ${where} ORDER BY first_event_id`;
    for (const row of this.#rows(statement, ...key)) {
      yield {
        run,
        branch: 0,
        firstEventId: integer(row['first_event_id']),
        lastEventId: integer(row['last_event_id']),
        events: bytes(row['events']),
        clock: integer(row['clock']),
      };
    }
  }

  *runsWithoutState(): Generator<RunKey> {
    const same = 'run_state.run = h.run AND run_state.wf = h.wf AND run_state.ns = h.ns';
    const statement = `SELECT DISTINCT run, wf, ns FROM history AS h
      WHERE NOT EXISTS (SELECT 1 FROM run_state WHERE ${same})`;
    for (const row of this.#rows(statement)) yield runOf(row);
  }

  *workflows(): Generator<InspectedWorkflow> {
    for (const row of this.#rows('SELECT * FROM workflows')) {
      yield {
        namespaceId: id(row['ns']),
        workflowId: id(row['wf']),
        clock: integer(row['clock']),
        state: bytes(row['state']),
      };
    }
  }

  *wake(): Generator<WakeRow> {
    for (const row of this.#rows('SELECT * FROM wake')) {
      yield {
        block: integer(row['block']),
        bucket: integer(row['bucket']),
        shard: integer(row['shard']),
        run: runOf(row),
        version: integer(row['version']),
        loadAtUs: row['load_at'] === null ? null : integer(row['load_at']),
        offer: row['offer'] === null ? null : bytes(row['offer']),
        clock: integer(row['clock'] ?? 0),
      };
    }
  }

  *quarantine(): Generator<QuarantineRow> {
    for (const row of this.#rows('SELECT * FROM quarantine ORDER BY clock')) {
      yield {
        run: runOf(row),
        version: integer(row['version']),
        reason: text(row['reason']),
        transition: bytes(row['transition']),
        clock: integer(row['clock']),
      };
    }
  }

  close(): void {
    this.#database.close();
  }

  *#rows(statement: string, ...values: Uint8Array[]): Generator<Row> {
    try {
      yield* this.#database.prepare(statement).iterate(...values);
    } catch (error) {
      throw corrupted(this.#path, error);
    }
  }
}

/** What SQLite says of a file that opened well is damage, whichever of its errors it is. */
function corrupted(path: string, error: unknown): Error {
  if (error instanceof StorageFault) return error;
  const report = reportFault(path, storeDefinition.cureOfCorruption, error);
  return faultOf(report.kind === 'bug' ? { ...report, kind: 'corrupt' } : report);
}

function damagedRow(): StorageFault {
  const cure = storeDefinition.cureOfCorruption;
  return new StorageFault('corrupt', `a row of the store holds values of another kind; ${cure}`);
}

function integer(value: SQLOutputValue | undefined): number {
  if (typeof value !== 'number') throw damagedRow();
  return value;
}

function bytes(value: SQLOutputValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw damagedRow();
  return value;
}

function text(value: SQLOutputValue | undefined): string {
  return Buffer.from(bytes(value)).toString('utf8');
}

function id(value: SQLOutputValue | undefined): string {
  const key = bytes(value);
  return idOfKey(Buffer.from(key.buffer, key.byteOffset, key.length), 0, key.length);
}

function keyOf(text: string): Uint8Array {
  const key = new Uint8Array(uuidKeyLength);
  return putUuidKey(text, key, 0) ? key : Buffer.from(text, 'utf8');
}

function runOf(row: Row): RunKey {
  return { runId: id(row['run']), workflowId: id(row['wf']), namespaceId: id(row['ns']) };
}
