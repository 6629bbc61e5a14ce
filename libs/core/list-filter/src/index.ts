// What lists can be filtered by, and how. Read attributes.ts first.

export { isReservedAttribute, systemAttributes } from './attributes.ts';
