// History: owns shards, decides, logs, materialises. Start reading at owner/owner.ts.

export {
  type HistoryCounts,
  type HistoryOptions,
  type OpenedHistory,
  openHistory,
} from './history.ts';
export type { HistoryOperator } from './operator/operator.ts';
