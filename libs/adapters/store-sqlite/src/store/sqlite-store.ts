// The store port on one SQLite file, which holds the server's metadata too.

import {
  type AppliedRow,
  type FoldBatch,
  type HistoryRow,
  type QuarantineRow,
  Removals,
  type RunKey,
  type RunStateRow,
  type Store,
  type WakeRow,
  type WorkflowRow,
} from '@perdure/ports';
import { SqliteFile, type SqliteOptions } from '../connection/sqlite-file.ts';
import type { FileStats } from '../connection/thread-protocol.ts';
import type { ValueReader } from '../connection/value-reader.ts';
import { storeStatement as statement, storeDefinition } from './definition.ts';
import { writeFold, writeRunKey } from './fold-writer.ts';
import { SqliteMetadata } from './sqlite-metadata.ts';

/** Opens or creates the file. The caller holds the lock of its directory. */
export async function openSqliteStore(
  path: string,
  options: SqliteOptions = {},
): Promise<SqliteStore> {
  return new SqliteStore(await SqliteFile.open(path, storeDefinition, options));
}

export class SqliteStore implements Store {
  readonly metadata: SqliteMetadata;
  readonly #file: SqliteFile;
  /** In memory: whoever opens the file after this process writes nothing that is older. */
  readonly #removals: Removals = new Removals();

  constructor(file: SqliteFile) {
    this.#file = file;
    this.metadata = new SqliteMetadata(file);
  }

  write(batch: FoldBatch): Promise<void> {
    return this.#file.write((calls) => writeFold(this.#removals.visible(batch), calls));
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  async readApplied(logPartition: number): Promise<AppliedRow | null> {
    const [found] = await this.#file.read<AppliedRow>({
      statement: statement.readApplied,
      bind: (values) => values.int(logPartition),
      row: (columns) => ({
        logPartition,
        offset: columns.int(),
        epoch: columns.int(),
        nonce: columns.text(),
        number: columns.int(),
        clock: columns.int(),
        mapVersion: columns.int(),
      }),
    });
    return found ?? null;
  }

  async readWorkflow(namespaceId: string, workflowId: string): Promise<WorkflowRow | null> {
    const [found] = await this.#file.read<WorkflowRow>({
      statement: statement.readWorkflow,
      bind: (values) => {
        values.id(workflowId);
        values.id(namespaceId);
      },
      row: (columns) => ({
        namespaceId,
        workflowId,
        clock: columns.int(),
        state: columns.bytes(),
      }),
    });
    return found ?? null;
  }

  async readRunState(run: RunKey): Promise<RunStateRow | null> {
    const [found] = await this.#file.read<RunStateRow>({
      statement: statement.readRunState,
      bind: (values) => writeRunKey(run, values),
      row: (columns) => ({
        run,
        version: columns.int(),
        clock: columns.int(),
        state: columns.bytes(),
      }),
    });
    return found ?? null;
  }

  scanRunStates(after: RunKey | null, limit: number): Promise<readonly RunStateRow[]> {
    return this.#file.read<RunStateRow>({
      statement: after === null ? statement.scanRunStates : statement.scanRunStatesAfter,
      bind: (values) => {
        if (after !== null) writeRunKey(after, values);
        values.int(limit);
      },
      row: (columns) => ({
        run: readRunKey(columns),
        version: columns.int(),
        clock: columns.int(),
        state: columns.bytes(),
      }),
    });
  }

  readHistory(
    run: RunKey,
    branch: number,
    fromEventId: number,
    maxBytes: number,
  ): Promise<readonly HistoryRow[]> {
    return this.#file.read<HistoryRow>({
      statement: statement.readHistory,
      bytesMax: maxBytes,
      bind: (values) => {
        writeRunKey(run, values);
        values.int(branch);
        values.int(fromEventId);
      },
      row: (columns) => ({
        run,
        branch,
        firstEventId: columns.int(),
        lastEventId: columns.int(),
        clock: columns.int(),
        events: columns.bytes(),
      }),
    });
  }

  async oldestWakeBucket(block: number, from = 0): Promise<number | null> {
    const [found] = await this.#file.read({
      statement: statement.oldestWakeBucket,
      bind: (values) => {
        values.int(block);
        values.int(from);
      },
      row: (columns) => columns.intOrNone(),
    });
    return found ?? null;
  }

  readWake(
    block: number,
    bucket: number,
    after: RunKey | null,
    limit: number,
  ): Promise<readonly WakeRow[]> {
    return this.#file.read<WakeRow>({
      statement: after === null ? statement.readWake : statement.readWakeAfter,
      bind: (values) => {
        values.int(block);
        values.int(bucket);
        if (after !== null) writeRunKey(after, values);
        values.int(limit);
      },
      row: (columns) => ({
        block,
        bucket,
        run: readRunKey(columns),
        shard: columns.int(),
        version: columns.int(),
        loadAtUs: columns.intOrNone(),
        offer: columns.bytesOrNone(),
        clock: columns.int(),
      }),
    });
  }

  readQuarantine(limit: number): Promise<readonly QuarantineRow[]> {
    return this.#file.read<QuarantineRow>({
      statement: statement.readQuarantine,
      bind: (values) => values.int(limit),
      row: (columns) => ({
        run: readRunKey(columns),
        version: columns.int(),
        clock: columns.int(),
        reason: columns.text(),
        transition: columns.bytes(),
      }),
    });
  }

  stats(): Promise<FileStats> {
    return this.#file.stats();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function readRunKey(columns: ValueReader): RunKey {
  const runId = columns.id();
  const workflowId = columns.id();
  return { runId, workflowId, namespaceId: columns.id() };
}
