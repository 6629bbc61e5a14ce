// The ports: interfaces in domain words. Each has a contract suite in ../contract that every adapter runs.

export type { RunKey } from '@perdure/kernel';
export type { CallContext } from './call.ts';
export type { Clock, TimerHandle } from './clock.ts';
export type { BrokerTime, CommitLog } from './commit-log.ts';
export type { DynamicConfig } from './dynamic-config.ts';
export { LogTrimmed, NotOwner, PeerLost, StorageFault } from './faults.ts';
export type { FileDirectory, OpenFile } from './file.ts';
export { FileNotFound } from './file.ts';
export type {
  HistoryService,
  OwnerRequest,
  OwnerRpc,
  Routed,
} from './history-service.ts';
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
  MatchingService,
  PollerInfo,
  PollOutcome,
  PollTicket,
  QueueName,
  QueueStats,
  StartOutcome,
  TaskKind,
  TaskOffer,
  TaskOwner,
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
export type { Assignment, ClusterMember, Placement } from './placement.ts';
export { Removals } from './removals.ts';
export {
  type AppliedRow,
  emptyFold,
  type FoldBatch,
  type HistoryRow,
  type QuarantineRow,
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
  IndexedAttribute,
  IndexedRow,
  ListFilter,
  Sign,
  SystemField,
  VisibilityIndex,
  VisibilityPosition,
  VisibilityRow,
} from './visibility.ts';
export { holds } from './visibility.ts';
export type { KnownWorker, WorkerDirectory } from './worker-directory.ts';
export type { PolledTask, WorkerGateway } from './worker-gateway.ts';
