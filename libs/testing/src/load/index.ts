// Load: floods that do not wait, workers that show whether a server still gets work done, clients that measure what they wait.

export { CycleWorker } from './cycle-worker.ts';
export { Flood, type FloodCounts } from './flood.ts';
export { percentile, startLatencies } from './start-latency.ts';
