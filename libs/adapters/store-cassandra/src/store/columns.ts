// Values of rows as the ports have them.

import type { types } from 'cassandra-driver';

export function numberOf(row: types.Row, name: string): number {
  return (row.get(name) as types.Long).toNumber();
}

export function textOf(row: types.Row, name: string): string {
  return row.get(name) as string;
}

/** A view of the driver's page: to be copied before it is given away. */
export function bytesOf(row: types.Row, name: string): Uint8Array {
  return row.get(name) as Buffer;
}
