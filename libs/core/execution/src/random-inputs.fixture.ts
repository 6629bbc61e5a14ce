// Random inputs for a run, by a client, worker and clock that know only what was offered or handed out to them. Names are
// taken from all of it, so stale ones are as common as good ones.

import { noBytes, unreachable, usPerSecond } from '@perdure/kernel';
import { heartbeat, startActivity, undoActivityStart } from './activity/attempt.ts';
import { cancelActivity, completeActivity, failActivity } from './activity/report.ts';
import { requestCancel } from './cancel/request-cancel.ts';
import {
  applicationFailure,
  type CommandInit,
  data,
  received,
  registered,
  requestCancelActivity,
} from './commands.fixture.ts';
import { type Decision, unchanged } from './decision.ts';
import { nextDueUs, wake } from './due.ts';
import { withStartSignal } from './event-model.fixture.ts';
import { defaultRunLimits, type Moment } from './limits.ts';
import { signal } from './signal/signal.ts';
import { ActivityPhase, type ExecutionState, isRunning, TaskPhase } from './state.ts';
import { terminate } from './terminate/terminate.ts';
import { completeWorkflowTask, type TaskName } from './workflow-task/complete.ts';
import { failWorkflowTask, resetSticky } from './workflow-task/report-failed.ts';
import { startWorkflowTask } from './workflow-task/start.ts';

export const stepKinds = [
  'startTask',
  'complete',
  'failTask',
  'startActivity',
  'undoActivity',
  'completeActivity',
  'failActivity',
  'cancelActivity',
  'heartbeat',
  'signal',
  'signalWithStart',
  'requestCancel',
  'terminate',
  'resetSticky',
  'pass',
  'clockBack',
  'work',
  'act',
] as const;

/** One step: what to do, and numbers to choose with. */
export interface Step {
  readonly kind: (typeof stepKinds)[number];
  readonly pick: number;
  readonly bits: number;
  readonly commands: readonly CommandInit[];
}

export interface AttemptOffer {
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly stamp: number;
}
interface Attempt extends AttemptOffer {
  readonly pollRequestId: string;
}
/** An input as it is delivered, once or again. */
export type Input = (state: ExecutionState) => Decision<unknown>;

export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** The id of the run that follows this one, if one does. */
export const successorOf = ({ run }: ExecutionState): string => `${run.runId}-next`;

const bit = (step: Step, index: number): boolean => (step.bits & (1 << index)) !== 0;
const nobody: Attempt = { scheduledEventId: 5, attempt: 1, stamp: 0, pollRequestId: 'nobody' };
const noTask: TaskName = { scheduledEventId: 2, startedEventId: 3, attempt: 1, startedTimeUs: 0 };

export class RandomInputs {
  readonly taskOffers = [{ scheduledEventId: 2, attempt: 1 }];
  readonly attemptOffers: AttemptOffer[] = [nobody];
  readonly #tasks: TaskName[] = [noTask];
  readonly #attempts: Attempt[] = [nobody];
  #polls = 0;
  nowUs: number;
  /** Signals that were acknowledged. */
  signals = 0;

  constructor(nowUs: number) {
    this.nowUs = nowUs;
  }

  /** What was handed out becomes known, and may be used from now on. */
  learn(step: Step, decision: Decision<unknown>, state: ExecutionState): void {
    const task = state.progress.workflowTask;
    if (task?.phase === TaskPhase.Started && task !== this.#tasks.at(-1)) this.#tasks.push(task);
    if (!decision.ok) return;
    const { activities = [] } = (decision.value ?? {}) as { activities?: readonly Attempt[] };
    this.#attempts.push(...activities);
    if (step.kind === 'startActivity') this.#attempts.push(decision.value as Attempt);
    if (step.kind === 'signal' || step.kind === 'signalWithStart') this.signals += 1;
  }

  /** `work` and `act` are whatever brings workflow task or activity on; the other steps are as good as blind. */
  settle(step: Step, state: ExecutionState): Step {
    if (step.kind === 'work') {
      const task = state.progress.workflowTask;
      const kind =
        task === null ? 'pass' : task.phase === TaskPhase.Started ? 'complete' : 'startTask';
      const bits = kind === 'startTask' && task?.stickyQueue === '' ? step.bits & ~1 : step.bits;
      return { ...step, kind, bits, pick: step.pick & 3 };
    }
    if (step.kind !== 'act') return step;
    const phases = [...state.activities.values()].map(({ phase }) => phase);
    const reports = ['completeActivity', 'failActivity', 'cancelActivity', 'heartbeat'] as const;
    const report = reports[step.bits & 3] ?? 'heartbeat';
    const kind = phases.includes(ActivityPhase.Started) ? report : 'startActivity';
    return { ...step, kind: step.pick > 20 ? 'startActivity' : kind, pick: step.pick & 7 };
  }

  next(step: Step, state: ExecutionState): Input {
    const { moment } = this;
    const named = { identity: 'w', ...moment };
    const { kind } = step;
    switch (kind) {
      case 'startTask': {
        const poll = { ...this.#poll(), sticky: bit(step, 0) };
        const input = { ...this.#one(this.taskOffers, step), ...poll };
        return (now) => startWorkflowTask(now, input);
      }
      case 'complete':
        return this.#completion(step, state);
      case 'failTask': {
        const task = this.#one(this.#tasks, step);
        return (now) => failWorkflowTask(now, { task, cause: 14, failure: noBytes, ...named });
      }
      case 'startActivity': {
        const input = { ...this.#one(this.attemptOffers, step), ...this.#poll() };
        return (now) => startActivity(now, input);
      }
      case 'undoActivity':
      case 'completeActivity':
      case 'failActivity':
      case 'cancelActivity':
      case 'heartbeat':
        return this.#report(kind, step);
      case 'signal':
      case 'signalWithStart': {
        const withStart = kind === 'signalWithStart';
        const signalName = withStart ? withStartSignal : 's';
        const content = { signalName, input: noBytes, header: noBytes, requestId: '', ...named };
        return (now) => signal(now, { ...content, withStart }, null);
      }
      case 'requestCancel':
        return (now) => requestCancel(now, { reason: '', ...named }, null);
      case 'terminate':
        return (now) => terminate(now, { reason: '', details: noBytes, ...named });
      case 'resetSticky':
        return (now) => resetSticky(now, moment);
      case 'pass':
        return this.#pass(step, state);
      case 'clockBack':
        this.nowUs -= step.bits * 1000;
        return () => unchanged(null);
      case 'work':
      case 'act':
        return unreachable(kind as never);
    }
  }

  /** Mostly the newest. */
  #one<T>(list: readonly T[], { pick }: Step): T {
    const age = Math.max(pick - 25, 0);
    return list[Math.max(list.length - 1 - age, 0)] as T;
  }

  get moment(): Moment {
    return { nowUs: this.nowUs, limits: defaultRunLimits };
  }

  #poll(): Moment & { pollRequestId: string; identity: string } {
    this.#polls += 1;
    return { pollRequestId: `${this.#polls}`, identity: 'w', ...this.moment };
  }

  #completion(step: Step, state: ExecutionState): Input {
    const sticky = bit(step, 0);
    const pending = [...state.activities.keys()];
    const commands = step.commands.map((command) => {
      const cancel = command.requestCancelActivityTaskCommandAttributes?.scheduledEventId ?? 0;
      const known = pending[cancel % (pending.length + 1)];
      return cancel > 0 && known !== undefined ? requestCancelActivity(known) : command;
    });
    const completion = {
      task: this.#one(this.#tasks, step),
      commands: received(commands),
      identity: 'w',
      stickyQueue: sticky ? 'sticky' : '',
      stickyScheduleToStartUs: sticky ? 5 * usPerSecond : 0,
      forceNewTask: bit(step, 1) && bit(step, 2),
      returnNewTask: bit(step, 3),
      passedOn: {},
      successorRunId: successorOf(state),
      searchAttributes: registered,
      takesActivities: true,
      ...this.moment,
    };
    return (now) => completeWorkflowTask(now, completion);
  }

  #report(kind: Step['kind'], step: Step): Input {
    const attempt = this.#one(this.#attempts, step);
    const details = bit(step, 0) ? data('details') : noBytes;
    const report = { ...attempt, identity: 'w', ...this.moment, details };
    if (kind === 'undoActivity') {
      const pollRequestId = bit(step, 0) ? attempt.pollRequestId : 'another';
      return (now) => this.#undo(now, { ...report, pollRequestId });
    }
    if (kind === 'completeActivity')
      return (now) => completeActivity(now, { ...report, result: details });
    if (kind === 'cancelActivity') return (now) => cancelActivity(now, report);
    if (kind === 'heartbeat') return (now) => heartbeat(now, report);
    const nonRetryable = bit(step, 1) && bit(step, 2);
    const nextRetryDelay = bit(step, 3) ? { seconds: step.bits >> 4 } : null;
    const failure = applicationFailure('x', { nonRetryable, nextRetryDelay });
    return (now) => failActivity(now, { ...report, failure, lastHeartbeatDetails: details });
  }

  /** D3: only the start of that very poll is taken back. */
  #undo(state: ExecutionState, input: Attempt & Moment): Decision<null> {
    const before = state.activities.get(input.scheduledEventId);
    const decision = undoActivityStart(state, input);
    const undone = decision.ok && decision.transition !== null;
    const runs = before?.phase === ActivityPhase.Started && isRunning(state);
    check(
      undone === (runs && before.pollRequestId === input.pollRequestId),
      'D3: undone by another poll',
    );
    return decision;
  }

  /** Time passes, to just before, at, or long after what is due next. A wake-up too early does nothing (I16). */
  #pass({ bits, pick }: Step, state: ExecutionState): Input {
    const dueUs = nextDueUs(state, 0) ?? 0;
    const targets = [this.nowUs + bits * 20_000, dueUs - 1, dueUs, dueUs + pick * 100_000];
    const nowUs = Math.max(this.nowUs, targets[pick & 3] ?? 0);
    this.nowUs = nowUs;
    const { moment } = this;
    return (now) => {
      const nextUs = nextDueUs(now, 0);
      const transition = wake(now, moment, 0, successorOf(now));
      const isDue = nextUs !== null && nextUs <= nowUs;
      check((transition !== null) === isDue, 'I16: woken at the wrong time');
      return { ok: true, transition, value: null };
    };
  }
}
