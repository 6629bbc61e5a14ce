// Every part that a keeper can start, by name.

import { kafkaPart } from './kafka.ts';
import type { PartDefinition } from './part.ts';
import { postgresPart } from './postgres.ts';

export const partTable: Readonly<Record<string, PartDefinition>> = {
  [kafkaPart.name]: kafkaPart,
  [postgresPart.name]: postgresPart,
};
