// History: owns shards, decides, logs, materialises. Start reading at owner/owner.ts.

export { openHistory } from './history.ts';
export type { HistoryCounts, HistoryOptions, OpenedHistory } from './history-options.ts';
export type { HistoryOperator } from './operator/operator.ts';
