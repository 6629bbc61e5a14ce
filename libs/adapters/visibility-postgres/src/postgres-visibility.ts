// The visibility port on PostgreSQL, for many nodes at once. What a write does is in deploy/postgres/0001-visibility.sql.

import type {
  ListFilter,
  RunKey,
  VisibilityBatch,
  VisibilityIndex,
  VisibilityPosition,
  VisibilityRow,
} from '@perdure/ports';
import { idOfKey } from '@perdure/ports';
import { checkInteger } from './binary-array.ts';
import { compileCount, compileList } from './compile.ts';
import { ConnectionPool, type PostgresOptions } from './connection-pool.ts';
import { idBytes } from './id-bytes.ts';
import { migrate, readMigrations } from './migrations.ts';
import { closeOrder, rowArrays, runArrays, type ShownColumns, shownRow } from './row-columns.ts';
import { checkSettings } from './server-settings.ts';
import type { BoundValue } from './statement.ts';

/** How long a removal is kept: a process without an acknowledgement writes nothing more after an hour (L9). */
const keepRemovals = '2 hours';
/** Rows that one statement of a sweep looks at. */
const sweepRows = 100_000;
/** of_partition, known, reached, keep and 3 + 18 arrays. */
const writeText = `SELECT perdure.visibility_write($1, $2, $3, $4, ${Array.from({ length: 21 }, (_none, i) => `$${i + 5}`).join(', ')})`;

/** Connects, brings the tables to this version and checks the settings. Rejects with a StorageFault that names the cure. */
export async function openPostgresVisibility(options: PostgresOptions): Promise<VisibilityIndex> {
  const pool = new ConnectionPool(options);
  try {
    await pool.session(async (client) => {
      await checkSettings(client, pool.place);
      await migrate(client, pool.place, readMigrations());
    });
  } catch (error) {
    await pool.close();
    throw error;
  }
  return new PostgresVisibility(pool);
}

class PostgresVisibility implements VisibilityIndex {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  async write({ logPartition, rows, removed, cursor }: VisibilityBatch): Promise<void> {
    if (cursor !== null) for (const offset of Object.values(cursor)) checkInteger(offset);
    const values: BoundValue[] = [
      logPartition,
      cursor?.known ?? null,
      cursor?.offset ?? null,
      keepRemovals,
      ...runArrays(removed),
      ...rowArrays(rows),
    ];
    await this.#pool.write({ text: writeText, values });
  }

  /** A write resolves when it is committed, and a commit is flushed (server-settings.ts). */
  async sync(): Promise<void> {
    this.#pool.refuseIfClosed();
  }

  async readCursor(logPartition: number): Promise<number | null> {
    const [found] = await this.#pool.read<[number]>({
      text: `SELECT position FROM perdure.visibility_feeds
        WHERE log_partition = $1 AND position >= 0 AND begun = ended`,
      values: [logPartition],
    });
    return found?.[0] ?? null;
  }

  async list(
    namespaceId: string,
    filter: ListFilter,
    after: VisibilityPosition | null,
    limit: number,
  ): Promise<readonly VisibilityRow[]> {
    const statement = compileList(namespaceId, filter, after, limit);
    const rows = await this.#pool.read<ShownColumns>(statement);
    return rows.map((columns) => shownRow(namespaceId, columns));
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
    return new Map(await this.#pool.read<[number, number]>(compileCount(namespaceId, filter)));
  }

  async closedBefore(
    logPartition: number,
    namespaceId: string,
    timeUs: number,
    limit: number,
    skip = 0,
  ): Promise<readonly RunKey[]> {
    const rows = await this.#pool.read<[Buffer, Buffer]>({
      text: `SELECT run, wf FROM perdure.visibility_runs
        WHERE log_partition = $1 AND ns = $2 AND close_order > $3
        ORDER BY close_order DESC, start_order DESC, run DESC LIMIT $4 OFFSET $5`,
      values: [logPartition, idBytes(namespaceId), closeOrder(timeUs), limit, skip],
    });
    return rows.map(([run, wf]) => ({
      namespaceId,
      workflowId: wf.toString(),
      runId: idOfKey(run, 0, run.length),
    }));
  }

  async beginGeneration(logPartition: number): Promise<number> {
    const text = 'SELECT perdure.visibility_begin($1)';
    const [row] = await this.#pool.write<[number]>({ text, values: [logPartition] });
    return row?.[0] ?? 0;
  }

  /** In steps, so that the owner's writes pass between them. Rows that come meanwhile bear the generation. */
  async endGeneration(logPartition: number, generation: number, offset: number): Promise<void> {
    const [ids] = await this.#pool.read<[number | null, number | null]>({
      text: 'SELECT min(id), max(id) FROM perdure.visibility_runs',
      values: [],
    });
    const [first, last] = ids ?? [];
    for (let from = (first ?? 1) - 1; from < (last ?? 0); from += sweepRows) {
      const text = 'SELECT perdure.visibility_sweep($1, $2, $3, $4)';
      await this.#pool.write({ text, values: [logPartition, generation, from, from + sweepRows] });
    }
    const text = 'SELECT perdure.visibility_end($1, $2, $3)';
    await this.#pool.write({ text, values: [logPartition, generation, offset] });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
