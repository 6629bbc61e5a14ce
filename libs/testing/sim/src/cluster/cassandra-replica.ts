// One replica of a simulated Cassandra: what it has of every table, which need not be what the others have.
//
// Of two cells of one key the higher clock stays. Two of one clock are the same cell (M1); where they differ all the same,
// the smaller text stays, as one of the two would in every replica, and it is told. Wake rows are exempt (M6).

import type { Cell, Mutation, Table, Tombstone } from './cassandra-cells.ts';

export class Replica {
  readonly name: string;
  up = true;
  /** What it missed while it was down, to be told when it is back. */
  readonly missed: (() => void)[] = [];
  readonly #tables: Record<Table, Map<string, Map<string, Cell>>> = {
    history: new Map(),
    wake: new Map(),
    quarantine: new Map(),
    states: new Map(),
    applied: new Map(),
  };
  readonly #tombstones = new Map<string, number>();
  readonly #onClash: (clash: string) => void;

  constructor(name: string, onClash: (clash: string) => void) {
    this.name = name;
    this.#onClash = onClash;
  }

  /** True when all of it was older than what is here. */
  take({ table, partition, cells, tombstones }: Mutation): boolean {
    let older = cells.length > 0;
    for (const tombstone of tombstones) this.bury(tombstone);
    for (const cell of cells) if (this.put(table, partition, cell)) older = false;
    return older;
  }

  /** False when there is a newer one. */
  put(table: Table, partition: string, cell: Cell): boolean {
    const cells = this.#tables[table].get(partition) ?? new Map<string, Cell>();
    this.#tables[table].set(partition, cells);
    const found = cells.get(cell.key);
    if (found !== undefined && found.clock === cell.clock) this.#compare(table, partition, cell);
    if (found === undefined || wins(cell, found)) cells.set(cell.key, cell);
    return cell.clock >= (found?.clock ?? -1);
  }

  bury({ scope, clock }: Tombstone): void {
    if (clock > this.tombstone(scope)) this.#tombstones.set(scope, clock);
  }

  /** Clock of what is buried of the scope; -1: nothing. */
  tombstone(scope: string): number {
    return this.#tombstones.get(scope) ?? -1;
  }

  /** What it has of a partition, what is buried too. */
  cells(table: Table, partition: string): ReadonlyMap<string, Cell> {
    return this.#tables[table].get(partition) ?? new Map<string, Cell>();
  }

  partitions(table: Table): Iterable<string> {
    return this.#tables[table].keys();
  }

  /** M1. */
  #compare(table: Table, partition: string, cell: Cell): void {
    const found = this.cells(table, partition).get(cell.key);
    if (table === 'wake' || found === undefined || found.row === cell.row) return;
    const [known, text] = [cellText(found), cellText(cell)];
    if (known === text) return;
    this.#onClash(`${table} ${partition} ${cell.key} at ${cell.clock}: ${known} and ${text}`);
  }

  /** Takes all that another one has. */
  copy(other: Replica): void {
    for (const table of Object.keys(this.#tables) as Table[]) {
      for (const [partition, cells] of other.#tables[table])
        for (const cell of cells.values()) this.put(table, partition, cell);
    }
    for (const [scope, clock] of other.#tombstones) this.bury({ scope, clock });
  }
}

/** Which of two cells of one key stays. */
export function wins(cell: Cell, found: Cell): boolean {
  if (cell.clock !== found.clock) return cell.clock > found.clock;
  return cell.row !== found.row && cellText(cell) < cellText(found);
}

/** What a cell holds, with its bytes. */
export function cellText({ row }: { readonly row: object }): string {
  return JSON.stringify(row, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
}
