// The wire: the only place that knows protobufjs and @temporalio/proto.

export { type Codec, type Decoded, type Init, publicCodec } from './codec.ts';
export { DecodeFault } from './decode-fault.ts';
export { type MethodDescriptor, publicEnum, publicMethods } from './descriptors.ts';
export {
  CommandType,
  ContinueAsNewInitiator,
  EventType,
  HistoryEventFilterType,
  IndexedValueType,
  PendingActivityState,
  PendingWorkflowTaskState,
  QueryRejectCondition,
  QueryResultType,
  RetryState,
  SuggestContinueAsNewReason,
  TaskQueueKind,
  TaskQueueType,
  TimeoutType,
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowTaskFailedCause,
} from './enums.ts';
export {
  countEvents,
  decodeEvents,
  encodeEvent,
  reverseEvents,
  skipEvents,
  splitEvents,
} from './event-bytes.ts';
export {
  decodeFailure,
  type Failure,
  failureCodec,
  serverFailure,
  timeoutFailure,
} from './failures.ts';
export { boolPeek, textPeek } from './field-peek.ts';
export {
  type Command,
  type HistoryEvent,
  type HistoryEventInit,
  historyEventCodec,
  linkCodec,
  operatorService,
  type Priority,
  priorityCodec,
  type RetryPolicy,
  type RpcCodec,
  type RpcMessages,
  type RpcName,
  type RpcRequest,
  type RpcRequestInit,
  type RpcResponse,
  type RpcResponseInit,
  retryPolicyCodec,
  rpcCodec,
  type SearchAttributes,
  searchAttributesCodec,
  serviceOf,
  workflowService,
} from './messages.ts';
export { ownCodec } from './own-schema.ts';
export {
  jsonPayload,
  jsonPayloads,
  type Memo,
  memoCodec,
  payloadText,
  readTextPayload,
  type TextPayload,
  withPayloadType,
} from './payloads.ts';
export { type WorkerHeartbeat, workerHeartbeatCodec } from './registry-messages.ts';
export { scanRequest } from './request-scan.ts';
export { type DecodedStatus, decodeStatus, encodeStatus, statusNumbers } from './status.ts';
