// Owns task queue partitions.

export { Matching, type MatchingOptions } from './matching.ts';
