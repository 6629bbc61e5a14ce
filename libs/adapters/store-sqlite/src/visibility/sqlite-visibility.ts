// The visibility port on one SQLite file.

import {
  attributeKey,
  type IndexedRow,
  type ListFilter,
  type RunKey,
  type VisibilityBatch,
  type VisibilityIndex,
  type VisibilityPosition,
  type VisibilityRow,
} from '@perdure/ports';
import { SqliteFile, type SqliteOptions } from '../connection/sqlite-file.ts';
import type { FileStats } from '../connection/thread-protocol.ts';
import type { ValueReader } from '../connection/value-reader.ts';
import type { ValueWriter } from '../connection/value-writer.ts';

import { type Compiled, compileCount, compileList } from './compile.ts';
import { visibilityDefinition } from './definition.ts';
import { type FeedState, Feeds } from './feeds.ts';
import * as statements from './statements.ts';

/** Opens or creates the file. The caller holds the lock of its directory. */
export async function openSqliteVisibility(
  path: string,
  options: SqliteOptions = {},
): Promise<SqliteVisibility> {
  const file = await SqliteFile.open(path, visibilityDefinition, options);
  const feeds = await file.read({
    statement: statements.readFeeds,
    bind: () => undefined,
    row: (columns): FeedState => ({
      logPartition: columns.int(),
      position: columns.int(),
      begun: columns.int(),
      ended: columns.int(),
    }),
  });
  return new SqliteVisibility(file, new Feeds(feeds));
}

export class SqliteVisibility implements VisibilityIndex {
  readonly #file: SqliteFile;
  readonly #feeds: Feeds;

  constructor(file: SqliteFile, feeds: Feeds) {
    this.#file = file;
    this.#feeds = feeds;
  }

  write(batch: VisibilityBatch): Promise<void> {
    const feeds = this.#feeds;
    const { logPartition, rows, removed, cursor } = batch;
    return this.#file.write((calls) => {
      feeds.check(batch);
      const state = feeds.of(logPartition);
      for (const row of rows) if (!feeds.removed.has(row.run)) writeRow(row, state, calls);
      for (const run of removed) {
        calls.call(statements.removeRun);
        writeRun(run, calls);
      }
      if (cursor !== null) {
        calls.call(statements.putCursor);
        calls.int(logPartition);
        calls.int(cursor.offset);
      }
      feeds.written(batch);
    });
  }

  async beginGeneration(logPartition: number): Promise<number> {
    const state = this.#feeds.of(logPartition);
    const generation = state.begun + 1;
    await this.#file.write((calls) => {
      calls.call(statements.beginGeneration);
      calls.int(logPartition);
      calls.int(generation);
      state.begun = generation;
    });
    return generation;
  }

  async endGeneration(logPartition: number, generation: number, offset: number): Promise<void> {
    const state = this.#feeds.of(logPartition);
    await this.#file.write((calls) => {
      if (generation !== state.begun) return;
      calls.call(statements.removeUnmarked);
      calls.int(logPartition);
      calls.int(generation);
      calls.call(statements.endGeneration);
      calls.int(generation);
      calls.int(offset);
      calls.int(logPartition);
      state.ended = generation;
      state.position = Math.max(state.position, offset);
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
    logPartition: number,
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
        values.int(logPartition);
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

function writeRun({ runId, workflowId, namespaceId }: RunKey, calls: ValueWriter): void {
  calls.id(runId);
  calls.id(workflowId);
  calls.id(namespaceId);
}

function writeRow(row: IndexedRow, state: FeedState, calls: ValueWriter): void {
  calls.call(statements.putRun);
  writeRun(row.run, calls);
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
  calls.int(state.logPartition);
  calls.int(state.begun);
  for (const { name, values } of row.attributes ?? []) {
    for (const value of values) {
      calls.call(statements.putAttribute);
      calls.text(name);
      calls.bytes(attributeKey(value));
      writeRun(row.run, calls);
      calls.int(row.version);
    }
  }
  if (state.begun === state.ended) return;
  calls.call(statements.markRun);
  calls.int(state.begun);
  calls.int(state.logPartition);
  writeRun(row.run, calls);
  calls.int(state.begun);
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
