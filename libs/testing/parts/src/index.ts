// Real parts for tests and benches: where they are, or why there are none.

export { cassandraPart } from './cassandra.ts';
export { type OwnPart, ownPart, sharedPart } from './find-part.ts';
export { fullSpeed, kafkaPart } from './kafka.ts';
export type { PartFound, PartSettings } from './part.ts';
export { postgresPart } from './postgres.ts';
