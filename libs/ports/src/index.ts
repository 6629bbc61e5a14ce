// The ports: interfaces in domain words. Each has a contract suite in ../contract that every adapter runs.

export type { RunKey } from '@perdure/kernel';
export { attributeKey } from './attribute-key.ts';
export type { CallContext } from './call.ts';
export type { Clock, TimerHandle } from './clock.ts';
export type { BrokerTime, CommitLog } from './commit-log.ts';
export type { DynamicConfig } from './dynamic-config.ts';
export { LogTrimmed, NotOwner, PeerLost, StorageFault, StoreUnavailable } from './faults.ts';
export type { FileDirectory, OpenFile } from './file.ts';
export { FileNotFound } from './file.ts';
export type {
  HistoryService,
  OwnerRequest,
  OwnerRpc,
  Routed,
} from './history-service.ts';
export { idOfKey, putUuidKey, uuidKeyLength } from './id-key.ts';
export type {
  CopiedLog,
  InspectedWorkflow,
  LogExtent,
  LogInspection,
  LogItem,
  LogPlace,
  SegmentExtent,
  StoreInspection,
} from './inspection.ts';
export type { LogPartition, LogRecord } from './log.ts';
export type {
  ActivityPoll,
  ClusterMatching,
  MatchingService,
  MatchingWatcher,
  OfferAnswer,
  PollerInfo,
  PollOutcome,
  PollTicket,
  QueueName,
  QueueStats,
  StartOutcome,
  TaskKind,
  TaskOffer,
  TaskOffers,
  TaskOwner,
  TaskPolls,
  WorkflowPoll,
} from './matching-service.ts';
export type {
  DeliveryOutcome,
  MessageAttempt,
  MessageLink,
  MessageRelease,
} from './message-link.ts';
export type { MetadataChange, MetadataRecord, MetadataStore } from './metadata.ts';
export {
  type CounterName,
  catalogueAreas,
  type GaugeName,
  type HistogramName,
} from './metrics/catalogue.ts';
export {
  type MetricDefinition,
  otherValue,
  stickyQueue,
  unknownNamespace,
} from './metrics/definition.ts';
export { bucketBounds, type Counter, Family, Histogram } from './metrics/instruments.ts';
export { type GaugeReader, type GaugeValue, Metrics, type Shown } from './metrics/metrics.ts';
export type { Namespace, Namespaces } from './namespaces.ts';
export { refuseOddNumbers, rowsOf } from './odd-numbers.ts';
export type {
  ForOwner,
  MessageMethods,
  NotDelivered,
  OwnerMethods,
  ParkedAt,
  PeerAnswers,
  PeerMessage,
  PeerMessages,
  PeerMethod,
  PeerMethods,
  PeerReceivers,
  PeerService,
  Peers,
  QueueMethods,
  RemotePollOutcome,
  RoutedRpc,
  TaskStart,
} from './peers.ts';
export type { Assignment, ClusterMember, Placement } from './placement.ts';
export { Removals } from './removals.ts';
export { RemovedRuns } from './removed-runs.ts';
export {
  type AppliedRow,
  type DroppedWakeBucket,
  emptyFold,
  type FoldBatch,
  type HistoryRow,
  type QuarantineRow,
  type ReleasedRun,
  type RemovedRun,
  type RemovedWorkflow,
  type RunStateRow,
  type Store,
  type WakeRow,
  type WorkflowRow,
} from './store.ts';
export type {
  AttributeValue,
  Condition,
  CursorMove,
  IndexedAttribute,
  IndexedRow,
  ListFilter,
  Sign,
  SystemField,
  VisibilityBatch,
  VisibilityIndex,
  VisibilityPosition,
  VisibilityRow,
} from './visibility.ts';
export { holds } from './visibility.ts';
export type { KnownWorker, WorkerDirectory } from './worker-directory.ts';
export type { PolledTask, WorkerGateway } from './worker-gateway.ts';
