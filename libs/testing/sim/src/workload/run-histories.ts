// The histories that a simulated worker keeps of the runs that are bound to it, and what it does when one is missing.

import { decodeEvents, type HistoryEvent, type RpcResponse, splitEvents } from '@perdure/wire';
import type { WorkerSetting } from './worker-setting.ts';

export type WorkflowTask = RpcResponse<'PollWorkflowTaskQueue'>;

type Execution = Partial<NonNullable<WorkflowTask['workflowExecution']>>;

export interface TaskHistory {
  /** All that the code of the workflow gets to see. */
  readonly events: readonly HistoryEvent[];
  /** What of it came with the task, as it came. */
  readonly came: readonly Uint8Array[];
}

export class RunHistories {
  readonly #setting: WorkerSetting;
  /** As far as they are known here, by run id. */
  readonly #known = new Map<string, HistoryEvent[]>();

  constructor(setting: WorkerSetting) {
    this.#setting = setting;
  }

  /** The history up to the task; null when it cannot be had: the task is left to time out. Rejects with CallFailed. */
  async of(task: WorkflowTask): Promise<TaskHistory | null> {
    const { chance, habits } = this.#setting;
    const execution = task.workflowExecution;
    if (execution === null) return null;
    const { runId } = execution;
    const came = [task.history, ...(await this.#pages(execution, task.nextPageToken))];
    const events = came.flatMap((part) => decodeEvents(part));
    const slices = came.flatMap((part) => splitEvents(part));
    const first = events[0]?.eventId ?? task.previousStartedEventId + 1;
    if (first > 1) {
      const known = this.#known.get(runId) ?? [];
      if (known.length < first - 1) {
        const all = await this.#readAgain(task, runId);
        return all === null ? null : { events: all, came: slices };
      }
      events.unshift(...known.slice(0, first - 1));
    }
    if (chance.happens(habits.forgetsSticky)) this.#known.delete(runId);
    else this.#known.set(runId, events);
    return { events, came: slices };
  }

  /** The pages from that one on. */
  async #pages(execution: Execution, from: Uint8Array): Promise<Uint8Array[]> {
    const { caller, namespace } = this.#setting;
    const pages: Uint8Array[] = [];
    for (let nextPageToken = from; nextPageToken.length > 0; ) {
      const request = { namespace, execution, nextPageToken };
      const page = await caller.insist('GetWorkflowExecutionHistory', request);
      pages.push(page.history);
      ({ nextPageToken } = page);
    }
    return pages;
  }

  /** It says that it forgot, and lets the task time out; or it reads what it lacks. */
  async #readAgain(task: WorkflowTask, runId: string): Promise<readonly HistoryEvent[] | null> {
    const { caller, chance, habits, namespace } = this.#setting;
    const execution = task.workflowExecution ?? {};
    if (task.query === null && chance.happens(habits.saysItForgot)) {
      this.#setting.sightings.seen('sticky queue reset');
      await caller.insist('ResetStickyTaskQueue', { namespace, execution });
      return null;
    }
    this.#setting.sightings.seen('history read again');
    const request = { namespace, execution };
    const first = await caller.insist('GetWorkflowExecutionHistory', request);
    const pages = [first.history, ...(await this.#pages(execution, first.nextPageToken))];
    const events = pages.flatMap((page) => decodeEvents(page));
    // A query sees what there is.
    if (task.query !== null) return events;
    const upTo = events.filter((event) => event.eventId <= task.startedEventId);
    this.#known.set(runId, upTo);
    return upTo;
  }
}
