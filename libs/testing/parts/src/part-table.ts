// Every part that a keeper can start, by name.

import { cassandraPart } from './cassandra.ts';
import { kafkaPart } from './kafka.ts';
import type { PartDefinition } from './part.ts';
import { postgresPart } from './postgres.ts';

export const partTable: Readonly<Record<string, PartDefinition>> = {
  [cassandraPart.name]: cassandraPart,
  [kafkaPart.name]: kafkaPart,
  [postgresPart.name]: postgresPart,
};
