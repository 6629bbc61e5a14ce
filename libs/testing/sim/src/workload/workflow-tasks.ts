// The workflow tasks of a simulated worker: histories of sticky runs are kept, and forgotten now and then; commands follow
// from the program and the history.

import { type CommandInit, readPayloads } from '@perdure/testing/golden';
import { decodeEvents, type HistoryEvent, type RpcResponse, TaskQueueKind } from '@perdure/wire';
import { nextCommands, type Program } from './program/program.ts';
import { answered, patience, pollUs, type WorkerSetting } from './worker-setting.ts';

type WorkflowTask = RpcResponse<'PollWorkflowTaskQueue'>;
type Execution = Partial<NonNullable<WorkflowTask['workflowExecution']>>;

export class WorkflowTasks {
  readonly #setting: WorkerSetting;
  readonly #sticky: { readonly name: string; readonly kind: number; readonly normalName: string };
  /** Histories as far as they are known here, by run id. */
  readonly #cache = new Map<string, HistoryEvent[]>();

  constructor(setting: WorkerSetting) {
    this.#setting = setting;
    const name = `${setting.queue}-${setting.caller.host.name}`;
    this.#sticky = { name, kind: TaskQueueKind.Sticky, normalName: setting.queue };
  }

  /** Asks for one task, and does it if one comes. Rejects with CallFailed. */
  async pollOnce(sticky: boolean): Promise<void> {
    const { caller, ledger, namespace, queue } = this.#setting;
    const taskQueue = sticky ? this.#sticky : { name: queue };
    const request = { namespace, taskQueue, identity: caller.host.name };
    const task = await caller.call('PollWorkflowTaskQueue', request, pollUs);
    if (task.taskToken.length === 0) return;
    const events = await this.#eventsOf(task);
    if (events !== null) {
      const { attempt, startedEventId, workflowExecution } = task;
      const runId = workflowExecution?.runId ?? '';
      ledger.tasks.push({ runId, startedEventId, attempt, events });
    }
    if (events === null || !(await patience(this.#setting))) return;
    await this.#complete(task, nextCommands(programOf(events), events, queue));
  }

  /** The whole history up to the task; null when it cannot be had: the task is left to time out. */
  async #eventsOf(task: WorkflowTask): Promise<readonly HistoryEvent[] | null> {
    const { chance, habits } = this.#setting;
    const execution = task.workflowExecution;
    if (execution === null) return null;
    const { runId } = execution;
    const events = decodeEvents(task.history);
    if (task.nextPageToken.length > 0) {
      events.push(...(await this.#read(execution, task.nextPageToken)));
    }
    const first = events[0]?.eventId ?? 1;
    if (first > 1) {
      const known = this.#cache.get(runId) ?? [];
      if (known.length < first - 1) return this.#readAgain(task);
      events.unshift(...known.slice(0, first - 1));
    }
    if (chance.happens(habits.forgetsSticky)) this.#cache.delete(runId);
    else this.#cache.set(runId, events);
    return events;
  }

  async #readAgain(task: WorkflowTask): Promise<readonly HistoryEvent[] | null> {
    const events = await this.#read(task.workflowExecution ?? {}, new Uint8Array(0));
    return events.filter((event) => event.eventId <= task.startedEventId);
  }

  /** The events from that page on. */
  async #read(execution: Execution, from: Uint8Array): Promise<HistoryEvent[]> {
    const { caller, namespace } = this.#setting;
    const events: HistoryEvent[] = [];
    let nextPageToken = from;
    do {
      const request = { namespace, execution, nextPageToken };
      const page = await caller.insist('GetWorkflowExecutionHistory', request);
      events.push(...decodeEvents(page.history));
      ({ nextPageToken } = page);
    } while (nextPageToken.length > 0);
    return events;
  }

  async #complete(task: WorkflowTask, commands: readonly CommandInit[]): Promise<void> {
    const { caller, namespace } = this.#setting;
    const request = {
      namespace,
      taskToken: task.taskToken,
      identity: caller.host.name,
      commands: [...commands],
      stickyAttributes: {
        workerTaskQueue: this.#sticky,
        scheduleToStartTimeout: { seconds: 5 },
      },
    };
    await answered(this.#setting, () => caller.insist('RespondWorkflowTaskCompleted', request));
  }
}

function programOf(events: readonly HistoryEvent[]): Program {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const [program] = readPayloads(started?.input ?? new Uint8Array(0)) as [Program];
  return program;
}
