// The visibility port on one SQLite file.

import type {
  IndexedRow,
  ListFilter,
  RunKey,
  VisibilityIndex,
  VisibilityPosition,
  VisibilityRow,
} from '@perdure/ports';
import { SqliteFile, type SqliteOptions } from '../connection/sqlite-file.ts';
import type { FileStats } from '../connection/thread-protocol.ts';
import type { ValueReader } from '../connection/value-reader.ts';
import type { ValueWriter } from '../connection/value-writer.ts';
import { attributeKey } from './attribute-key.ts';
import { type Compiled, compileCount, compileList } from './compile.ts';
import { visibilityDefinition } from './definition.ts';
import * as statements from './statements.ts';

/** Opens or creates the file. The caller holds the lock of its directory. */
export async function openSqliteVisibility(
  path: string,
  options: SqliteOptions = {},
): Promise<SqliteVisibility> {
  return new SqliteVisibility(await SqliteFile.open(path, visibilityDefinition, options));
}

export class SqliteVisibility implements VisibilityIndex {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  write(
    rows: readonly IndexedRow[],
    cursor: { readonly logPartition: number; readonly offset: number } | null,
    removed: readonly RunKey[] = [],
  ): Promise<void> {
    return this.#file.write((calls) => {
      for (const row of rows) writeRow(row, calls);
      for (const run of removed) {
        calls.call(statements.removeRun);
        calls.id(run.runId);
        calls.id(run.workflowId);
        calls.id(run.namespaceId);
      }
      if (cursor === null) return;
      calls.call(statements.putCursor);
      calls.int(cursor.logPartition);
      calls.int(cursor.offset);
    });
  }

  clear(): Promise<void> {
    return this.#file.write((calls) => {
      calls.call(statements.removeAllRuns);
      calls.call(statements.removeCursors);
    });
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  async readCursor(logPartition: number): Promise<number | null> {
    const [found] = await this.#file.read({
      statement: statements.readCursor,
      bind: (values) => values.int(logPartition),
      row: (columns) => columns.int(),
    });
    return found ?? null;
  }

  list(
    namespaceId: string,
    filter: ListFilter,
    after: VisibilityPosition | null,
    limit: number,
  ): Promise<readonly VisibilityRow[]> {
    const { sql, binds } = compileList(namespaceId, filter, after === null ? null : behind(after));
    return this.#file.read({
      statement: sql,
      bind: (values) => {
        for (const bind of binds) bind(values);
        values.int(limit);
      },
      row: (columns) => readRow(namespaceId, columns),
    });
  }

  closedBefore(
    namespaceId: string,
    timeUs: number,
    limit: number,
    skip = 0,
  ): Promise<readonly RunKey[]> {
    return this.#file.read({
      statement: statements.closedBefore,
      bind: (values) => {
        values.id(namespaceId);
        values.int(closeOrder(timeUs));
        values.int(limit);
        values.int(skip);
      },
      row: (columns) => {
        const runId = columns.id();
        return { namespaceId, workflowId: columns.id(), runId };
      },
    });
  }

  async count(namespaceId: string, filter: ListFilter): Promise<number> {
    let sum = 0;
    for (const n of (await this.countByStatus(namespaceId, filter)).values()) sum += n;
    return sum;
  }

  async countByStatus(
    namespaceId: string,
    filter: ListFilter,
  ): Promise<ReadonlyMap<number, number>> {
    const { sql, binds } = compileCount(namespaceId, filter);
    const counts = await this.#file.read({
      statement: sql,
      bind: (values) => {
        for (const bind of binds) bind(values);
      },
      row: (columns): [number, number] => [columns.int(), columns.int()],
    });
    return new Map(counts);
  }

  stats(): Promise<FileStats> {
    return this.#file.stats();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function behind(after: VisibilityPosition): Compiled {
  return { sql: '(?, ?, ?)', binds: [(values) => writePosition(after, values)] };
}

function writePosition(
  { closeTimeUs, startTimeUs, runId }: VisibilityPosition,
  values: ValueWriter,
): void {
  values.int(closeOrder(closeTimeUs));
  values.int(-startTimeUs);
  values.id(runId);
}

function writeRow(row: IndexedRow, calls: ValueWriter): void {
  calls.call(statements.putRun);
  calls.id(row.run.runId);
  calls.id(row.run.workflowId);
  calls.id(row.run.namespaceId);
  calls.int(row.version);
  calls.int(row.status);
  calls.int(closeOrder(row.closeTimeUs));
  calls.int(-row.startTimeUs);
  calls.int(row.executionTimeUs);
  calls.int(row.historyLength);
  calls.int(row.historySizeBytes);
  calls.int(row.stateTransitionCount);
  calls.text(row.workflowType);
  calls.text(row.taskQueue);
  calls.bytes(row.memo);
  calls.bytes(row.searchAttributes);
  for (const { name, values } of row.attributes ?? []) {
    for (const value of values) {
      calls.call(statements.putAttribute);
      calls.text(name);
      calls.bytes(attributeKey(value));
      calls.id(row.run.runId);
      calls.id(row.run.workflowId);
      calls.id(row.run.namespaceId);
      calls.int(row.version);
    }
  }
}

function readRow(namespaceId: string, columns: ValueReader): VisibilityRow {
  const runId = columns.id();
  const run = { namespaceId, workflowId: columns.id(), runId };
  const version = columns.int();
  const status = columns.int();
  const order = columns.int();
  return {
    run,
    version,
    status,
    closeTimeUs: order === statements.openOrder ? null : timeOf(order),
    startTimeUs: timeOf(columns.int()),
    executionTimeUs: columns.int(),
    historyLength: columns.int(),
    historySizeBytes: columns.int(),
    stateTransitionCount: columns.int(),
    workflowType: columns.text(),
    taskQueue: columns.text(),
    memo: columns.bytes(),
    searchAttributes: columns.bytes(),
  };
}

function closeOrder(closeTimeUs: number | null): number {
  return closeTimeUs === null ? statements.openOrder : -closeTimeUs;
}

/** The time that an order column stands for; never -0. */
function timeOf(order: number): number {
  return 0 - order;
}
