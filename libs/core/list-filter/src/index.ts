// What lists can be filtered by, and how. Read attributes.ts first, then filter.ts.

export {
  type AttributeTypes,
  attributeTypes,
  isReservedAttribute,
  settableAttributes,
  systemAttributes,
} from './attributes.ts';
export type {
  AttributeValue,
  Condition,
  IndexedAttribute,
  ListFilter,
  Sign,
  SystemField,
  SystemValue,
} from './filter.ts';
export { holds } from './holds.ts';
export { indexedAttributes } from './indexed.ts';
export { type ParsedQuery, parseListQuery } from './parse.ts';
