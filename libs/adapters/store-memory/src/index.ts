// The store port and the visibility port in memory.

export { createMemoryStore } from './memory-store.ts';
export { createMemoryVisibility } from './memory-visibility.ts';
