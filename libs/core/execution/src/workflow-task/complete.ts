// RespondWorkflowTaskCompleted (wire-contract 2.1): the completed event, the commands in order, what waited, the next task.
//
// C1. On the first bad command everything the completion did is dropped; its task is failed instead, in a draft of its own.
// C2. Nothing follows a closing command.

import { assert, invalidArgument, noBytes, usPerMinute } from '@perdure/kernel';
import { type Command, CommandType, EventType, serverFailure, WorkflowTaskFailedCause } from '@perdure/wire';
import { requestCancelActivity } from '../activity/cancel-command.ts';
import { scheduleActivity } from '../activity/schedule-command.ts';
import { cancelWorkflow, completeWorkflow, failWorkflow } from '../close/commands.ts';
import { type Decision, decided, refused, workflowTaskNotFound } from '../decision.ts';
import { Draft, type EventAttributes } from '../draft.ts';
import { type ExecutionState, TaskPhase, type WorkflowTask } from '../state.ts';
import { cancelTimer, startTimer } from '../timer/commands.ts';
import { type BadCommand, badCommandText, type CommandHandler } from './command.ts';
import { clearSticky, failAndRetry, timeOutStartedTask } from './fail.ts';
import { flushBuffered } from './flush.ts';
import { scheduleWorkflowTask } from './schedule.ts';
import { persistTransient, startScheduledTask } from './start.ts';

/** A chain of heartbeats without a command may last this long. */
const heartbeatUsMax = 30 * usPerMinute;
const inlinePollRequestId = 'request-from-RespondWorkflowTaskCompleted';

const handlers: Readonly<Record<number, CommandHandler>> = {
  [CommandType.ScheduleActivityTask]: scheduleActivity,
  [CommandType.RequestCancelActivityTask]: requestCancelActivity,
  [CommandType.StartTimer]: startTimer,
  [CommandType.CancelTimer]: cancelTimer,
  [CommandType.CompleteWorkflowExecution]: completeWorkflow,
  [CommandType.FailWorkflowExecution]: failWorkflow,
  [CommandType.CancelWorkflowExecution]: cancelWorkflow,
};
const closing: ReadonlySet<number> = new Set([
  CommandType.CompleteWorkflowExecution,
  CommandType.FailWorkflowExecution,
  CommandType.CancelWorkflowExecution,
  CommandType.ContinueAsNewWorkflowExecution,
]);

/** Names a started workflow task, as its token does. */
export interface TaskName {
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly startedTimeUs: number;
}

export interface TaskCompletion {
  readonly task: TaskName;
  readonly commands: readonly Command[];
  readonly identity: string;
  readonly stickyQueue: string;
  readonly stickyScheduleToStartUs: number;
  readonly forceNewTask: boolean;
  readonly returnNewTask: boolean;
  /** Fields of the completed event that are only passed on: SDK metadata, checksum, versions. */
  readonly passedOn: EventAttributes['workflowTaskCompletedEventAttributes'];
  readonly nowUs: number;
}

/** The task that was started in the same transition for the same worker, if any. */
export interface CompletionAnswer {
  readonly inlineTask: WorkflowTask | null;
}

/** The started task of that name, if it is still the one that counts. */
export function startedTask(state: ExecutionState, name: TaskName): WorkflowTask | null {
  const task = state.progress.workflowTask;
  const same =
    state.progress.status === 1 &&
    task?.phase === TaskPhase.Started &&
    task.scheduledEventId === name.scheduledEventId &&
    task.startedEventId === name.startedEventId &&
    task.attempt === name.attempt &&
    task.startedTimeUs === name.startedTimeUs;
  return same ? task : null;
}

function structureProblem(commands: readonly Command[]): string | null {
  for (const [index, command] of commands.entries()) {
    if (handlers[command.commandType] === undefined) {
      return `Unknown or not yet supported command type ${command.commandType} at position ${index}.`;
    }
    if (closing.has(command.commandType) && index < commands.length - 1) {
      return 'Commands after a closing command: a command that closes the workflow must be the last one.';
    }
  }
  return null;
}

export function completeWorkflowTask(
  state: ExecutionState,
  input: TaskCompletion,
): Decision<CompletionAnswer> {
  const task = startedTask(state, input.task);
  if (task === null) return refused(workflowTaskNotFound);
  const problem = structureProblem(input.commands);
  if (problem !== null) return refused(invalidArgument(problem));
  const draft = new Draft(state, input.nowUs);
  const heartbeat = input.forceNewTask && input.commands.length === 0;
  const chainSinceUs = task.heartbeatSinceUs || task.originalScheduledTimeUs;
  if (heartbeat && draft.nowUs - chainSinceUs > heartbeatUsMax) {
    clearSticky(draft);
    timeOutStartedTask(draft);
    const rejection = { ...workflowTaskNotFound, message: 'workflow task heartbeat timeout' };
    return { ok: false, rejection, transition: draft.finish() };
  }
  const outcome = complete(draft, task, input);
  if (outcome !== null) return failCompletion(state, input, outcome);
  if (!draft.running) return decided(draft.finish(), { inlineTask: null });
  const flushed = flushBuffered(draft);
  if (flushed || input.forceNewTask || draft.taskWanted) {
    scheduleWorkflowTask(draft, heartbeat ? chainSinceUs : 0);
  }
  const inlineTask =
    input.returnNewTask && draft.progress.workflowTask !== null
      ? startScheduledTask(draft, { pollRequestId: inlinePollRequestId, identity: input.identity })
      : null;
  if (inlineTask !== null) draft.withdrawTaskOffer();
  return decided(draft.finish(), { inlineTask });
}

/** Does the completion inside the draft; a bad command is returned, and then the draft is worth nothing. */
function complete(draft: Draft, task: WorkflowTask, input: TaskCompletion): BadCommand | null {
  const { progress } = draft;
  if (task.transient) persistTransient(draft, task);
  const completedEventId = draft.append(EventType.WorkflowTaskCompleted, {
    workflowTaskCompletedEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      identity: input.identity,
      ...input.passedOn,
    },
  });
  progress.workflowTask = null;
  progress.workflowTaskAttempt = 1;
  progress.previousStartedEventId = task.startedEventId;
  progress.closeAttempted = false;
  progress.stickyQueue = input.stickyQueue;
  progress.stickyScheduleToStartUs = input.stickyScheduleToStartUs;
  for (const command of input.commands) {
    const handler = handlers[command.commandType];
    assert(handler !== undefined, 'the structure of the commands was checked');
    const bad = handler({
      draft,
      command,
      completedEventId,
      identity: input.identity,
      needsTask: () => draft.wantTask(),
    });
    if (bad !== null) return bad;
  }
  return null;
}

/** C1: the completion is void. The worker hears why; the run gets its next task unless this one left no trace anyway. */
function failCompletion(
  state: ExecutionState,
  input: TaskCompletion,
  bad: BadCommand,
): Decision<never> {
  const rejection = invalidArgument(badCommandText(bad));
  const unhandled = bad.cause === WorkflowTaskFailedCause.UnhandledCommand;
  if (input.task.attempt > 1 && !unhandled) return refused(rejection);
  const draft = new Draft(state, input.nowUs);
  failAndRetry(draft, {
    cause: bad.cause,
    failure: unhandled ? noBytes : serverFailure(badCommandText(bad), true),
    identity: input.identity,
  });
  if (unhandled) draft.progress.closeAttempted = true;
  return { ok: false, rejection, transition: draft.finish() };
}
