// A run played by hand: client, worker and clock of a test. Each decision is folded as the owner does it, through the
// bytes that the log would hold; a rejected one is returned as its text.

import { noBytes, usPerSecond } from '@perdure/kernel';
import { type HistoryEvent, type RpcRequestInit, rpcCodec } from '@perdure/wire';
import {
  type AttemptName,
  heartbeat,
  startActivity,
  undoActivityStart,
} from './activity/attempt.ts';
import {
  cancelActivity,
  completeActivity,
  completeActivityById,
  failActivity,
} from './activity/report.ts';
import { requestCancel } from './cancel/request-cancel.ts';
import {
  applicationFailure,
  type CommandInit,
  data,
  received,
  registered,
} from './commands.fixture.ts';
import type { Decision } from './decision.ts';
import type { Effect, Transition } from './draft.ts';
import { wake } from './due.ts';
import { decodeBody, encodeBody } from './encoding.ts';
import { historyRows, tableRows } from './event-table.fixture.ts';
import { defaultRunLimits, type Moment, type RunLimits } from './limits.ts';
import { loggedEvents } from './logged-events.fixture.ts';
import { signal } from './signal/signal.ts';
import type { StartedRun } from './start/begin.ts';
import { type StartInput, startRun } from './start/start.ts';
import { type Activity, type ExecutionState, fold, type WorkflowTask } from './state.ts';
import { terminate } from './terminate/terminate.ts';
import {
  type CompletionAnswer,
  completeWorkflowTask,
  type TaskCompletion,
} from './workflow-task/complete.ts';
import { failWorkflowTask, resetSticky } from './workflow-task/report-failed.ts';
import { startWorkflowTask } from './workflow-task/start.ts';

export const run = { namespaceId: 'namespace', workflowId: 'workflow', runId: 'run' };
const codec = rpcCodec('StartWorkflowExecution').request;

export class Play {
  readonly state: ExecutionState;
  readonly history: HistoryEvent[] = [];
  /** Of all transitions, by kind. */
  readonly effects: Effect[] = [];
  nowUs = 1_000_000 * usPerSecond;
  limits: RunLimits = defaultRunLimits;
  readonly transitions: Transition[] = [];
  #polls = 0;

  /** The next run of the chain, once this one has closed with one. */
  next: Play | null = null;

  /** `begun`: the run that another has begun, in place of a request. */
  constructor(
    request: RpcRequestInit<'StartWorkflowExecution'> = {},
    begun: StartedRun | null = null,
    options: Pick<StartInput, 'signal' | 'eager'> = {},
  ) {
    const started =
      begun ??
      startRun({
        ...options,
        run,
        request: codec.decode(
          codec.encode({
            workflowId: run.workflowId,
            workflowType: { name: 'type' },
            taskQueue: { name: 'queue' },
            identity: 'client',
            ...request,
          }),
        ),
        requestId: 'start-request',
        keys: [],
        ...this.moment,
      });
    this.state = started.state;
    this.commit(started.transition);
  }

  get successorRunId(): string {
    return `${this.state.run.runId}-next`;
  }

  commit(transition: Transition): void {
    const { body, effects, successor } = transition;
    this.transitions.push(transition);
    const logged = decodeBody(encodeBody(body));
    fold(this.state, logged.delta);
    this.history.push(...loggedEvents(logged.events));
    this.effects.push(...effects);
    if (successor === null) return;
    this.next = new Play({}, successor);
    this.next.nowUs = this.nowUs;
  }

  /** Carries out a decision: its value, or the rejection as `CODE text`. */
  decide<T>(decision: Decision<T>): T | string {
    if (decision.transition) this.commit(decision.transition);
    if (decision.ok) return decision.value;
    return `${decision.rejection.code} ${decision.rejection.message}`;
  }

  /** As `decide`, for what must not be rejected. */
  must<T>(decision: Decision<T>): T {
    if (!decision.ok) throw new Error(decision.rejection.message);
    return this.decide(decision) as T;
  }

  /** Time passes, and what becomes due happens at its time. */
  pass(seconds: number): void {
    this.nowUs += seconds * usPerSecond;
    const transition = wake(this.state, this.moment, 0, this.successorRunId);
    if (transition !== null) this.commit(transition);
  }

  /** The history beside the table of what is wanted: equal, or a difference to look at. */
  compare(table: string): { readonly found: string[]; readonly wanted: string[] } {
    return { found: historyRows(this.history, table), wanted: tableRows(table) };
  }

  /** The same for the events from one id on. */
  compareFrom(id: number, table: string): { readonly found: string[]; readonly wanted: string[] } {
    return { found: historyRows(this.history.slice(id - 1), table), wanted: tableRows(table) };
  }

  get moment(): Moment {
    return { nowUs: this.nowUs, limits: this.limits };
  }

  get task(): WorkflowTask {
    const task = this.state.progress.workflowTask;
    if (task === null) throw new Error('there is no workflow task');
    return task;
  }

  activity(activityId: string): Activity {
    const found = [...this.state.activities.values()].find(
      (each) => each.activityId === activityId,
    );
    if (found === undefined) throw new Error(`activity ${activityId} is not pending`);
    return found;
  }

  startTask(poll: { sticky?: boolean } = {}): WorkflowTask {
    const { scheduledEventId, attempt } = this.task;
    const pollRequestId = `poll-${++this.#polls}`;
    const named = { scheduledEventId, attempt, pollRequestId, identity: 'worker' };
    return this.must(startWorkflowTask(this.state, { ...named, ...poll, ...this.moment }));
  }

  /** Completes the started task; the rejection's text, if it is one. */
  complete(
    commands: readonly CommandInit[] = [],
    options: Partial<TaskCompletion> = {},
  ): string | null {
    const answer = this.answer(commands, options);
    return typeof answer === 'string' ? answer : null;
  }

  /** Completes the started task: what was started with it, or the rejection's text. */
  answer(
    commands: readonly CommandInit[] = [],
    options: Partial<TaskCompletion> = {},
  ): CompletionAnswer | string {
    return this.decide(
      completeWorkflowTask(this.state, {
        task: options.task ?? this.task,
        commands: received(commands),
        identity: 'worker',
        stickyQueue: '',
        stickyScheduleToStartUs: 0,
        forceNewTask: false,
        returnNewTask: false,
        passedOn: {},
        successorRunId: this.successorRunId,
        searchAttributes: registered,
        takesActivities: true,
        ...this.moment,
        ...options,
      }),
    );
  }

  /** Starts the scheduled task and completes it. */
  work(
    commands: readonly CommandInit[] = [],
    options: Partial<TaskCompletion> = {},
  ): string | null {
    this.startTask();
    return this.complete(commands, options);
  }

  failTask(message = 'broken', cause = 14): void {
    const failure = applicationFailure(message);
    const report = { task: this.task, cause, failure, identity: 'worker', ...this.moment };
    this.must(failWorkflowTask(this.state, report));
  }

  resetSticky(): void {
    this.must(resetSticky(this.state, this.moment));
  }

  signal(
    signalName: string,
    input: Uint8Array = data(signalName),
    withStart = false,
  ): string | null {
    const request = {
      signalName,
      input,
      header: noBytes,
      identity: 'client',
      requestId: '',
      withStart,
      ...this.moment,
    };
    return this.decide(signal(this.state, request, null)) as string | null;
  }

  requestCancel(reason = ''): void {
    const input = { reason, identity: 'client', ...this.moment };
    this.must(requestCancel(this.state, input, null));
  }

  terminate(reason: string): string | null {
    const input = { reason, details: noBytes, identity: 'client', ...this.moment };
    return this.decide(terminate(this.state, input)) as string | null;
  }

  startActivity(activityId: string): Activity {
    const { scheduledEventId, attempt, stamp } = this.activity(activityId);
    const pollRequestId = `poll-${++this.#polls}`;
    return this.must(
      startActivity(this.state, {
        scheduledEventId,
        attempt,
        stamp,
        pollRequestId,
        identity: 'activity-worker',
        ...this.moment,
      }),
    );
  }

  undoActivityStart({ scheduledEventId, pollRequestId }: Activity): void {
    const input = { scheduledEventId, pollRequestId, ...this.moment };
    this.must(undoActivityStart(this.state, input));
  }

  #report({ scheduledEventId, attempt }: Activity): AttemptName & Moment & { identity: string } {
    return { scheduledEventId, attempt, identity: 'activity-worker', ...this.moment };
  }

  completeActivity(activity: Activity, result: Uint8Array = data('done')): string | null {
    const report = this.#report(activity);
    return this.decide(completeActivity(this.state, { ...report, result })) as string | null;
  }

  completeById(activityId: string, result: Uint8Array = data('done')): string | null {
    const report = { activityId, identity: 'client', result, ...this.moment };
    return this.decide(completeActivityById(this.state, report)) as string | null;
  }

  failActivity(
    activity: Activity,
    failure: Uint8Array = applicationFailure('failed'),
    lastHeartbeatDetails: Uint8Array = noBytes,
  ): string | readonly Uint8Array[] {
    const report = { ...this.#report(activity), failure, lastHeartbeatDetails };
    return this.decide(failActivity(this.state, report));
  }

  cancelActivity(activity: Activity, details: Uint8Array = noBytes): string | null {
    const report = { ...this.#report(activity), details };
    return this.decide(cancelActivity(this.state, report)) as string | null;
  }

  heartbeat(
    activity: Activity,
    details: Uint8Array = noBytes,
  ): { cancelRequested: boolean } | string {
    return this.decide(heartbeat(this.state, { ...this.#report(activity), details }));
  }
}

/** The next run of the chain; fails when there is none. */
export function nextOf(play: Play): Play {
  if (play.next === null) throw new Error('the chain has ended');
  return play.next;
}
