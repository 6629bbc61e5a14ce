// Owns task queue partitions.

export { Matching, type MatchingOptions } from './matching.ts';
export { HeardWorkers } from './worker-directory.ts';
