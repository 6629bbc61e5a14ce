// A simulated worker: polls, keeps histories of sticky runs, forgets them now and then, answers late, twice or not at all.

import type { Ledger } from '@perdure/model';
import { type CommandInit, jsonPayloads, readPayloads } from '@perdure/testing/golden';
import { decodeEvents, type HistoryEvent, type RpcResponse, TaskQueueKind } from '@perdure/wire';
import type { Chance } from '../chance.ts';
import { CallFailed } from '../network.ts';
import type { Caller } from './caller.ts';
import { nextCommands, type Program, planOf } from './program.ts';

export interface WorkerHabits {
  readonly forgetsSticky: number;
  readonly answersLate: number;
  readonly answersTwice: number;
  readonly neverAnswers: number;
}

type WorkflowTask = RpcResponse<'PollWorkflowTaskQueue'>;

const pollUs = 20_000_000;
/** What a worker is told now and then: the run or the task is gone, the server is. */
const expected = new Set([
  'NOT_FOUND',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'INVALID_ARGUMENT',
  // Frozen for long, the server comes to a poll that has no time left.
  'FAILED_PRECONDITION',
]);

export class SimulatedWorker {
  readonly #caller: Caller;
  readonly #chance: Chance;
  readonly #namespace: string;
  readonly #queue: string;
  readonly #sticky: string;
  readonly #habits: WorkerHabits;
  readonly #ledger: Ledger;
  /** Histories as far as they are known here, by run id. */
  readonly #cache = new Map<string, HistoryEvent[]>();

  constructor(options: {
    readonly caller: Caller;
    readonly chance: Chance;
    readonly namespace: string;
    readonly queue: string;
    readonly habits: WorkerHabits;
    readonly ledger: Ledger;
  }) {
    this.#caller = options.caller;
    this.#chance = options.chance;
    this.#namespace = options.namespace;
    this.#queue = options.queue;
    this.#sticky = `${options.queue}-${options.caller.host.name}`;
    this.#habits = options.habits;
    this.#ledger = options.ledger;
  }

  begin(): void {
    for (let loop = 0; loop < 4; loop++) {
      this.#caller.goOn(this.#loop(() => this.#workflowTask(loop % 2 === 0)));
      this.#caller.goOn(this.#loop(() => this.#activityTask()));
    }
  }

  async #loop(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await work();
      } catch (fault) {
        if (!(fault instanceof CallFailed) || !expected.has(fault.code)) throw fault;
        await this.#caller.sleep(this.#chance.between(50_000, 500_000));
      }
    }
  }

  async #workflowTask(sticky: boolean): Promise<void> {
    const taskQueue = sticky
      ? { name: this.#sticky, kind: TaskQueueKind.Sticky, normalName: this.#queue }
      : { name: this.#queue };
    const request = { namespace: this.#namespace, taskQueue, identity: this.#caller.host.name };
    const task = await this.#caller.call('PollWorkflowTaskQueue', request, pollUs);
    if (task.taskToken.length === 0) return;
    const events = await this.#eventsOf(task);
    if (events === null || !(await this.#patience())) return;
    const started = events[0]?.workflowExecutionStartedEventAttributes;
    const [program] = readPayloads(started?.input ?? new Uint8Array(0)) as [Program];
    await this.#complete(task, nextCommands(program, events, this.#queue));
  }

  /** The whole history up to the task; null when it cannot be had: the task is left to time out. */
  async #eventsOf(task: WorkflowTask): Promise<readonly HistoryEvent[] | null> {
    const execution = task.workflowExecution;
    if (execution === null) return null;
    const { runId } = execution;
    const events = decodeEvents(task.history);
    let nextPageToken = task.nextPageToken;
    while (nextPageToken.length > 0) {
      const request = { namespace: this.#namespace, execution, nextPageToken };
      const page = await this.#caller.insist('GetWorkflowExecutionHistory', request);
      events.push(...decodeEvents(page.history));
      ({ nextPageToken } = page);
    }
    const first = events[0]?.eventId ?? 1;
    if (first > 1) {
      const known = this.#cache.get(runId) ?? [];
      if (known.length < first - 1) return this.#readAgain(task);
      events.unshift(...known.slice(0, first - 1));
    }
    if (this.#chance.happens(this.#habits.forgetsSticky)) this.#cache.delete(runId);
    else this.#cache.set(runId, events);
    return events;
  }

  async #readAgain(task: WorkflowTask): Promise<readonly HistoryEvent[] | null> {
    const execution = task.workflowExecution ?? {};
    const request = { namespace: this.#namespace, execution };
    const events = decodeEvents(
      (await this.#caller.insist('GetWorkflowExecutionHistory', request)).history,
    );
    return events.filter((event) => event.eventId <= task.startedEventId);
  }

  async #complete(task: WorkflowTask, commands: readonly CommandInit[]): Promise<void> {
    const request = {
      namespace: this.#namespace,
      taskToken: task.taskToken,
      identity: this.#caller.host.name,
      commands,
      stickyAttributes: {
        workerTaskQueue: {
          name: this.#sticky,
          kind: TaskQueueKind.Sticky,
          normalName: this.#queue,
        },
        scheduleToStartTimeout: { seconds: 5 },
      },
    };
    await this.#answer(() => this.#caller.insist('RespondWorkflowTaskCompleted', request));
  }

  async #activityTask(): Promise<void> {
    const taskQueue = { name: this.#queue };
    const identity = this.#caller.host.name;
    const request = { namespace: this.#namespace, taskQueue, identity };
    const task = await this.#caller.call('PollActivityTaskQueue', request, pollUs);
    if (task.taskToken.length === 0) return;
    const { activityId, attempt, taskToken } = task;
    const runId = task.workflowExecution?.runId ?? '';
    const { once, failures } = planOf(activityId);
    const seen = { runId, activityId, attempt, worker: identity };
    const [heartbeat = null] = readPayloads(task.heartbeatDetails) as number[];
    this.#ledger.attempts.push({ ...seen, timeUs: this.#caller.nowUs, once, heartbeat });
    const about = { namespace: this.#namespace, taskToken, identity };
    const beats = this.#chance.happens(0.3) ? 1 + this.#chance.below(3) : 0;
    for (let beat = 0; beat < beats; beat++) {
      await this.#caller.sleep(this.#chance.between(1_000, 2_000_000));
      const value = attempt * 100 + beat;
      const details = jsonPayloads(value);
      const answer = await this.#caller.call('RecordActivityTaskHeartbeat', { ...about, details });
      if (!answer.cancelRequested)
        this.#ledger.heartbeats.push({ runId, activityId, attempt, value });
    }
    if (!(await this.#patience())) return;
    await this.#answer(async () => {
      if (attempt <= failures) return this.#caller.insist('RespondActivityTaskFailed', about);
      const answer = await this.#caller.insist('RespondActivityTaskCompleted', about);
      this.#ledger.results.push(seen);
      return answer;
    });
  }

  /** Works for a while. False when it never comes to an end. */
  async #patience(): Promise<boolean> {
    if (this.#chance.happens(this.#habits.neverAnswers)) return false;
    const late = this.#chance.happens(this.#habits.answersLate);
    await this.#caller.sleep(
      late ? this.#chance.between(5e6, 30e6) : this.#chance.between(500, 20_000),
    );
    return true;
  }

  async #answer(give: () => Promise<unknown>): Promise<void> {
    const times = this.#chance.happens(this.#habits.answersTwice) ? 2 : 1;
    for (let time = 0; time < times; time++) await give();
  }
}
