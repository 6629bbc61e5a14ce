// History: owns shards, decides, logs, materialises. Start reading at owner/owner.ts.

export { openHistory } from './history.ts';
export type { HistoryCounts, HistoryOptions, OpenedHistory } from './history-options.ts';
export type { ClaimOptions } from './log/open-tail.ts';
export { type AskedHistoryOptions, askedHistory } from './node/asked-history.ts';
export { HistoryNode, type HistoryNodeOptions } from './node/history-node.ts';
export type { LocalPartitions } from './node/local-partitions.ts';
export { OfferBook, type OfferBookOptions } from './node/offer-book.ts';
export type { HostEvents } from './node/partition-host.ts';
export { RoutedHistory, type RoutedHistoryOptions } from './node/routed-history.ts';
export { askedMessages, RoutedMessages } from './node/routed-messages.ts';
export type { HistoryOperator } from './operator/operator.ts';
export { type OwnedPlace, placeOf } from './owner/place.ts';
export { type Lists, listRpcs } from './rpc/list.ts';
