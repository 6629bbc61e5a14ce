// The store port, the metadata port and the visibility port in memory.

export { createMemoryMetadata } from './memory-metadata.ts';
export { createMemoryStore } from './memory-store.ts';
export { createMemoryVisibility } from './memory-visibility.ts';
