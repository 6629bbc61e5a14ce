// Owns task queue partitions.

export { Matching, type MatchingOptions } from './matching.ts';
export { AskedMatching, type AskedMatchingOptions } from './node/asked-matching.ts';
export { RoutedMatching, type RoutedMatchingOptions } from './node/routed-matching.ts';
export { HeardWorkers } from './worker-directory.ts';
