// What a run's state is made of before its first delta says otherwise. A field that an older server did not write has the
// value it has here.

import { noBytes as none, type RunKey } from '@perdure/kernel';
import { WorkflowExecutionStatus } from '@perdure/wire';
import {
  type Activity,
  ActivityPhase,
  type ExecutionState,
  type Progress,
  type StartInfo,
  TaskPhase,
  type WorkflowTask,
} from './state.ts';

export const initialStart: StartInfo = {
  workflowType: '',
  taskQueue: '',
  executionTimeoutUs: 0,
  runTimeoutUs: 0,
  taskTimeoutUs: 0,
  startTimeUs: 0,
  executionTimeUs: 0,
  runExpirationUs: 0,
  executionExpirationUs: 0,
  createRequestId: '',
  firstRunId: '',
  originalRunId: '',
  identity: '',
  memo: none,
  searchAttributes: none,
  userMetadata: none,
  retryPolicy: none,
  priority: none,
  attempt: 1,
  links: [],
  input: none,
  header: none,
};

export const initialProgress: Progress = {
  version: 0,
  status: WorkflowExecutionStatus.Running,
  nextEventId: 1,
  historyBytes: 0,
  clockUs: 0,
  closeTimeUs: 0,
  previousStartedEventId: 0,
  signals: 0,
  cancelRequested: false,
  stickyQueue: '',
  stickyScheduleToStartUs: 0,
  workflowTask: null,
  workflowTaskAttempt: 1,
  closedBatchEventId: 0,
  closeAttempted: false,
  firstTaskAtUs: 0,
};

export const initialWorkflowTask: WorkflowTask = {
  phase: TaskPhase.Scheduled,
  scheduledEventId: 0,
  startedEventId: 0,
  attempt: 1,
  transient: false,
  scheduledTimeUs: 0,
  originalScheduledTimeUs: 0,
  startedTimeUs: 0,
  startToCloseUs: 0,
  stickyQueue: '',
  scheduleToStartUs: 0,
  pollRequestId: '',
  identity: '',
  historyBytesAtStart: 0,
  buildId: '',
  suggestReasons: [],
};

export const initialActivity: Activity = {
  scheduledEventId: 0,
  activityId: '',
  activityType: '',
  taskQueue: '',
  input: none,
  header: none,
  priority: none,
  scheduleToCloseUs: 0,
  scheduleToStartUs: 0,
  startToCloseUs: 0,
  heartbeatUs: 0,
  retryPolicy: none,
  scheduledTimeUs: 0,
  workflowTaskCompletedEventId: 0,
  phase: ActivityPhase.Scheduled,
  attempt: 1,
  stamp: 0,
  attemptScheduledTimeUs: 0,
  startedTimeUs: 0,
  startedIdentity: '',
  pollRequestId: '',
  lastHeartbeatUs: 0,
  heartbeatDetails: none,
  cancelRequestedEventId: 0,
  lastFailure: none,
  lastAttemptCompleteUs: 0,
  lastWorkerIdentity: '',
};

/** The state of a run before its first delta. */
export function emptyState(run: RunKey): ExecutionState {
  return {
    run,
    start: initialStart,
    progress: initialProgress,
    memo: none,
    searchAttributes: none,
    activities: new Map(),
    timers: new Map(),
    buffered: [],
    bufferedBytes: 0,
    outbox: new Map(),
    probes: [],
    bytes: 0,
  };
}
