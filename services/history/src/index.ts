// History: owns shards, decides, logs, materialises. Start reading at owner/owner.ts.

export {
  type HistoryCounts,
  type HistoryOptions,
  type OpenedHistory,
  openHistory,
} from './history.ts';
export { type AskedHistoryOptions, askedHistory } from './node/asked-history.ts';
export type { LocalPartitions } from './node/local-partitions.ts';
export { OfferBook, type OfferBookOptions } from './node/offer-book.ts';
export { RoutedHistory, type RoutedHistoryOptions } from './node/routed-history.ts';
export type { HistoryOperator } from './operator/operator.ts';
