// One workflow execution as a pure state machine: `decide(state, input) -> transition`, `fold(state, delta)`.
// Start reading at draft.ts (what a transition is), then workflow-task/complete.ts.

export {
  type AttemptName,
  heartbeat,
  runningAttempt,
  type StartActivity,
  startActivity,
  undoActivityStart,
} from './activity/attempt.ts';
export { attemptOf } from './activity/by-id.ts';
export {
  cancelActivity,
  completeActivity,
  completeActivityById,
  failActivity,
} from './activity/report.ts';
export { decodePolicy, policyMessage, policyProblem } from './activity/retry-policy.ts';
export { type CancelInput, requestCancel } from './cancel/request-cancel.ts';
export { runTimeoutFailure } from './close/retry.ts';
export {
  activityNotFound,
  alreadyCompleted,
  type Decision,
  workflowTaskNotFound,
} from './decision.ts';
export { deleteRun } from './delete/delete-run.ts';
export type { Effect, Note, Transition } from './draft.ts';
export { nextDueUs, wake } from './due.ts';
export {
  type DedupKey,
  decodeBody,
  decodeSnapshot,
  decodeWorkflowState,
  encodeBody,
  encodeSnapshot,
  encodeWorkflowState,
  stateFormat,
  type TransitionBody,
  UnknownFormat,
  type WorkflowDelta,
} from './encoding.ts';
export { emptyState } from './initial-state.ts';
export { defaultRunLimits, type Moment, type RunLimits } from './limits.ts';
export { ownBytes } from './own-bytes.ts';
export {
  type AttributeFields,
  type CustomAttributes,
  type JudgedAttributes,
  judgeAttributes,
  mergeAttributes,
} from './properties/search-attributes.ts';
export { type QueryRoute, routeQuery } from './query/route.ts';
export type { SignalContent } from './signal/record-signal.ts';
export { type SignalInput, signal } from './signal/signal.ts';
export type { StartedRun } from './start/begin.ts';
export {
  answerStart,
  type CurrentRun,
  type IdPolicies,
  type StartAnswer,
} from './start/id-policy.ts';
export { type StartInput, type StartRequest, startRun } from './start/start.ts';
export {
  type Activity,
  ActivityPhase,
  type ExecutionState,
  fold,
  type RunDelta,
  TaskPhase,
  type Timer,
  type WorkflowTask,
} from './state.ts';
export { type TerminateInput, terminate } from './terminate/terminate.ts';
export {
  type CompletionAnswer,
  completeWorkflowTask,
  startedTask,
  type TaskCompletion,
  type TaskName,
} from './workflow-task/complete.ts';
export { failWorkflowTask, resetSticky } from './workflow-task/report-failed.ts';
export { startWorkflowTask } from './workflow-task/start.ts';
export { type TaskPoll, transientEvents } from './workflow-task/started.ts';
