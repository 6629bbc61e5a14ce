// Numbers of the public enums that the engine names. A test compares every one with the descriptors.

export const EventType = {
  WorkflowExecutionStarted: 1,
  WorkflowExecutionCompleted: 2,
  WorkflowExecutionFailed: 3,
  WorkflowExecutionTimedOut: 4,
  WorkflowTaskScheduled: 5,
  WorkflowTaskStarted: 6,
  WorkflowTaskCompleted: 7,
  WorkflowTaskTimedOut: 8,
  WorkflowTaskFailed: 9,
  ActivityTaskScheduled: 10,
  ActivityTaskStarted: 11,
  ActivityTaskCompleted: 12,
  ActivityTaskFailed: 13,
  ActivityTaskTimedOut: 14,
  ActivityTaskCancelRequested: 15,
  ActivityTaskCanceled: 16,
  TimerStarted: 17,
  TimerFired: 18,
  TimerCanceled: 19,
  WorkflowExecutionCancelRequested: 20,
  WorkflowExecutionCanceled: 21,
  MarkerRecorded: 25,
  WorkflowExecutionSignaled: 26,
  WorkflowExecutionTerminated: 27,
  WorkflowExecutionContinuedAsNew: 28,
  UpsertWorkflowSearchAttributes: 40,
  WorkflowPropertiesModified: 46,
} as const;

export const CommandType = {
  ScheduleActivityTask: 1,
  RequestCancelActivityTask: 2,
  StartTimer: 3,
  CompleteWorkflowExecution: 4,
  FailWorkflowExecution: 5,
  CancelTimer: 6,
  CancelWorkflowExecution: 7,
  RequestCancelExternalWorkflowExecution: 8,
  RecordMarker: 9,
  ContinueAsNewWorkflowExecution: 10,
  StartChildWorkflowExecution: 11,
  SignalExternalWorkflowExecution: 12,
  UpsertWorkflowSearchAttributes: 13,
  ProtocolMessage: 14,
  ModifyWorkflowProperties: 16,
  ScheduleNexusOperation: 17,
  RequestCancelNexusOperation: 18,
} as const;

export const WorkflowExecutionStatus = {
  Running: 1,
  Completed: 2,
  Failed: 3,
  Canceled: 4,
  Terminated: 5,
  ContinuedAsNew: 6,
  TimedOut: 7,
} as const;

export const WorkflowIdReusePolicy = {
  AllowDuplicate: 1,
  AllowDuplicateFailedOnly: 2,
  RejectDuplicate: 3,
  TerminateIfRunning: 4,
} as const;

export const ContinueAsNewInitiator = { Workflow: 1, Retry: 2, CronSchedule: 3 } as const;

export const WorkflowIdConflictPolicy = { Fail: 1, UseExisting: 2, TerminateExisting: 3 } as const;

export const TimeoutType = {
  StartToClose: 1,
  ScheduleToStart: 2,
  ScheduleToClose: 3,
  Heartbeat: 4,
} as const;

export const RetryState = {
  InProgress: 1,
  NonRetryableFailure: 2,
  Timeout: 3,
  MaximumAttemptsReached: 4,
  RetryPolicyNotSet: 5,
  CancelRequested: 7,
} as const;

export const WorkflowTaskFailedCause = {
  UnhandledCommand: 1,
  BadScheduleActivityAttributes: 2,
  BadRequestCancelActivityAttributes: 3,
  BadStartTimerAttributes: 4,
  BadCancelTimerAttributes: 5,
  BadRecordMarkerAttributes: 6,
  BadCompleteWorkflowExecutionAttributes: 7,
  BadFailWorkflowExecutionAttributes: 8,
  BadCancelWorkflowExecutionAttributes: 9,
  BadContinueAsNewAttributes: 11,
  StartTimerDuplicateId: 12,
  ResetStickyTaskQueue: 13,
  WorkflowWorkerUnhandledFailure: 14,
  ForceCloseCommand: 17,
  ScheduleActivityDuplicateId: 22,
  BadSearchAttributes: 23,
  BadModifyWorkflowPropertiesAttributes: 25,
  PendingActivitiesLimitExceeded: 27,
  FeatureDisabled: 35,
  GrpcMessageTooLarge: 36,
} as const;

export const PendingActivityState = { Scheduled: 1, Started: 2, CancelRequested: 3 } as const;
export const PendingWorkflowTaskState = { Scheduled: 1, Started: 2 } as const;
export const TaskQueueKind = { Normal: 1, Sticky: 2 } as const;
export const TaskQueueType = { Workflow: 1, Activity: 2 } as const;
export const HistoryEventFilterType = { AllEvent: 1, CloseEvent: 2 } as const;
export const QueryResultType = { Answered: 1, Failed: 2 } as const;
export const QueryRejectCondition = { None: 1, NotOpen: 2, NotCompletedCleanly: 3 } as const;
export const SuggestContinueAsNewReason = {
  HistorySizeTooLarge: 1,
  TooManyHistoryEvents: 2,
} as const;
export const IndexedValueType = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
} as const;
