// The workflow tasks of a simulated worker: what it answers follows from the program and the history, and from its manners.

import type { TaskAnswerSeen, TaskSeen } from '@perdure/model';
import {
  applicationFailure,
  type CommandInit,
  cancelTimer,
  completeWorkflow,
  jsonPayloads,
  readPayloads,
  startTimer,
} from '@perdure/testing/golden';
import { type HistoryEvent, QueryResultType, TaskQueueKind } from '@perdure/wire';
import type { ActivityTask } from './activity-tasks.ts';
import { viewOf } from './program/history-view.ts';
import { nextCommands, type Program } from './program/program.ts';
import { RunHistories, type WorkflowTask } from './run-histories.ts';
import { inUs } from './server-time.ts';
import { outcomeOf } from './verdict.ts';
import { patience, pollUs, type WorkerSetting } from './worker-setting.ts';

/** Tasks that are over, by what their worker was told. */
const overMax = 20;

export class WorkflowTasks {
  readonly stickyQueue: string;
  readonly #setting: WorkerSetting;
  readonly #identity: string;
  readonly #sticky: { readonly name: string; readonly kind: number; readonly normalName: string };
  readonly #histories: RunHistories;
  readonly #onActivity: (task: ActivityTask) => void;
  readonly #over: WorkflowTask[] = [];
  /** Answers so far. */
  #answers = 0;

  /** `identity`: as whom it speaks; `onActivity` gets the activities that come with an answer. */
  constructor(setting: WorkerSetting, identity: string, onActivity: (task: ActivityTask) => void) {
    this.#setting = setting;
    this.#identity = identity;
    this.#histories = new RunHistories(setting);
    this.#onActivity = onActivity;
    this.stickyQueue = `${setting.queue}-${identity}`;
    this.#sticky = {
      name: this.stickyQueue,
      kind: TaskQueueKind.Sticky,
      normalName: setting.queue,
    };
  }

  /** Asks for one task, and does it if one comes. Rejects with CallFailed. */
  async pollOnce(sticky: boolean): Promise<void> {
    const { caller, chance, habits, namespace, queue } = this.#setting;
    const taskQueue = sticky ? this.#sticky : { name: queue };
    const request = { namespace, taskQueue, identity: this.#identity };
    const task = await caller.call('PollWorkflowTaskQueue', request, pollUs);
    if (task.taskToken.length === 0) return;
    if (task.query === null) await this.perform(task);
    else await this.#query(task);
    if (chance.happens(habits.answersStale)) await this.#answerStale();
  }

  /** Does a task, and those that come with its answer. Rejects with CallFailed. */
  async perform(first: WorkflowTask): Promise<void> {
    for (let task: WorkflowTask | null = first; task !== null; ) task = await this.#do(task);
  }

  /** The next one, if it came with the answer. */
  async #do(task: WorkflowTask): Promise<WorkflowTask | null> {
    const { chance, habits, ledger, queue, sightings } = this.#setting;
    const { attempt, startedEventId, previousStartedEventId } = task;
    const seen: TaskSeen = {
      runId: task.workflowExecution?.runId ?? '',
      worker: this.#identity,
      attempt,
      startedEventId,
      previousStartedEventId,
      startedUs: inUs(task.startedTime),
      came: [],
      events: [],
    };
    ledger.tasks.push(seen);
    const history = await this.#histories.of(task);
    if (attempt > 1) sightings.seen('task of later attempt');
    if (history !== null) Object.assign(seen, history);
    if (history === null || !(await patience(this.#setting))) return null;
    const { events } = history;
    if (chance.happens(habits.failsTask)) {
      await this.#fail(task);
      return null;
    }
    const commands = nextCommands(programOf(events), events, queue);
    if (chance.happens(habits.badCommands)) {
      sightings.seen('bad command');
      await this.#complete(task, [startTimer('never', 1), cancelTimer('nobody')], events);
      if (attempt === 1) return null;
    }
    const next = await this.#complete(task, commands, events);
    if (chance.happens(habits.answersTwice)) await this.#complete(task, commands, events);
    return next;
  }

  #answer(
    task: WorkflowTask,
    how: TaskAnswerSeen['how'],
    commands: readonly CommandInit[],
    stale: boolean,
  ): TaskAnswerSeen {
    this.#answers += 1;
    const answer: TaskAnswerSeen = {
      runId: task.workflowExecution?.runId ?? '',
      startedEventId: task.startedEventId,
      attempt: task.attempt,
      how,
      mark: `${this.#identity} answer ${this.#answers}`,
      commands: commands.map(({ commandType }) => commandType ?? 0),
      stale,
      verdict: 'unknown',
      endedUs: Number.POSITIVE_INFINITY,
      refusal: '',
    };
    this.#setting.ledger.taskAnswers.push(answer);
    return answer;
  }

  async #complete(
    task: WorkflowTask,
    commands: readonly CommandInit[],
    events: readonly HistoryEvent[],
    stale = false,
  ): Promise<WorkflowTask | null> {
    const { caller, chance, habits, namespace, sightings } = this.#setting;
    const answer = this.#answer(task, 'completed', commands, stale);
    const returnNewWorkflowTask = chance.happens(habits.takesNext);
    const queryResults = Object.keys(task.queries).map((id) => [id, signalsIn(events)] as const);
    const outcome = await outcomeOf(caller, 'RespondWorkflowTaskCompleted', {
      namespace,
      taskToken: task.taskToken,
      identity: this.#identity,
      binaryChecksum: answer.mark,
      commands: [...commands],
      queryResults: Object.fromEntries(queryResults),
      returnNewWorkflowTask,
      forceCreateNewWorkflowTask: returnNewWorkflowTask && chance.happens(habits.forcesNext),
      stickyAttributes: {
        workerTaskQueue: this.#sticky,
        scheduleToStartTimeout: { seconds: 5 },
      },
    });
    this.#decided(task, answer, outcome);
    if (outcome.answer === null) return null;
    if (queryResults.length > 0) sightings.seen('query with task');
    for (const activity of outcome.answer.activityTasks) {
      sightings.seen('activity with an answer');
      this.#onActivity(activity);
    }
    const next = outcome.answer.workflowTask;
    if (next === null || next.taskToken.length === 0) return null;
    sightings.seen('task with an answer');
    return next;
  }

  async #fail(task: WorkflowTask): Promise<void> {
    const { caller, namespace } = this.#setting;
    const answer = this.#answer(task, 'failed', [], false);
    const { taskToken } = task;
    const failure = applicationFailure(answer.mark);
    const request = { namespace, taskToken, identity: this.#identity, cause: 24, failure };
    this.#decided(task, answer, await outcomeOf(caller, 'RespondWorkflowTaskFailed', request));
  }

  #decided(
    task: WorkflowTask,
    answer: TaskAnswerSeen,
    { verdict, refusal }: Pick<TaskAnswerSeen, 'verdict' | 'refusal'>,
  ): void {
    const { caller, sightings } = this.#setting;
    Object.assign(answer, { verdict, refusal, endedUs: caller.nowUs });
    if (answer.stale) sightings.seen('answer to old task');
    else if (refusal.includes('UnhandledCommand')) sightings.seen('close refused');
    else if (answer.how === 'completed') sightings.seen(`completion ${verdict}`);
    else if (verdict !== 'unknown') sightings.seen(`task failure ${verdict}`);
    const over = verdict === 'taken' || refusal.startsWith('NOT_FOUND');
    if (over && !answer.stale) this.#over.push(task);
    if (this.#over.length > overMax) this.#over.shift();
  }

  /** Answers to a task that it knows is over: nothing of that may ever be seen. */
  async #answerStale(): Promise<void> {
    if (this.#over.length === 0) return;
    const task = this.#setting.chance.pick(this.#over);
    await this.#complete(task, [completeWorkflow('stale')], [], true);
  }

  async #query(task: WorkflowTask): Promise<void> {
    const { caller, namespace, sightings } = this.#setting;
    const history = await this.#histories.of(task);
    if (history === null || !(await patience(this.#setting))) return;
    const { verdict } = await outcomeOf(caller, 'RespondQueryTaskCompleted', {
      namespace,
      taskToken: task.taskToken,
      completedType: QueryResultType.Answered,
      queryResult: signalsIn(history.events).answer,
    });
    sightings.seen(verdict === 'taken' ? 'query task answered' : 'query task too late');
  }
}

/** The answer to the only query there is. */
function signalsIn(events: readonly HistoryEvent[]): { resultType: number; answer: Uint8Array } {
  const answer = jsonPayloads(viewOf(events).signals.length);
  return { resultType: QueryResultType.Answered, answer };
}

function programOf(events: readonly HistoryEvent[]): Program {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const [program] = readPayloads(started?.input ?? new Uint8Array(0)) as [Program];
  return program;
}
