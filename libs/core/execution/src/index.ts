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
  decodeWorkflowBody,
  decodeWorkflowState,
  encodeBody,
  encodeSnapshot,
  encodeWorkflowBody,
  encodeWorkflowState,
  stateFormat,
  type TransitionBody,
  UnknownFormat,
  untilReleased,
  type WorkflowDelta,
} from './encoding.ts';
export { emptyState } from './initial-state.ts';
export { defaultRunLimits, type Moment, type RunLimits } from './limits.ts';
export {
  AnswerCode,
  decodeAnswer,
  isPositive,
  laneOf,
  type Message,
  type MessageAnswer,
  type MessageTarget,
  type OutboxMessage,
  OutboxPhase,
} from './message/message.ts';
export { recordAnswer, recordReleased } from './message/outbox.ts';
export { type Probe, ProbeEvent, type ProbeInput, sendProbes } from './message/probe.ts';
export {
  answeredDelta,
  messageKeyName,
  type Reception,
  receiveMessage,
} from './message/receive.ts';
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
