// Somebody who looks at runs now and then, and at all of them in the end: histories, descriptions, lists.

import type { DescriptionSeen, Ledger, RunListed, RunShown, Shown } from '@perdure/model';
import {
  decodeEvents,
  type HistoryEvent,
  historyEventCodec,
  PendingWorkflowTaskState,
} from '@perdure/wire';
import type { Chance } from '../chance.ts';
import { orNotFound } from './acts.ts';
import type { Caller } from './caller.ts';

export class Auditor {
  readonly #caller: Caller;
  readonly #chance: Chance;
  readonly #namespace: string;
  readonly #ledger: Ledger;

  constructor(caller: Caller, chance: Chance, namespace: string, ledger: Ledger) {
    this.#caller = caller;
    this.#chance = chance;
    this.#namespace = namespace;
    this.#ledger = ledger;
  }

  /** Looks at some run every few seconds. */
  async live(endUs: number): Promise<void> {
    while (this.#caller.nowUs < endUs) {
      await this.#caller.sleep(this.#chance.between(0, 4e6));
      const { starts, histories, descriptions } = this.#ledger;
      if (starts.length === 0) continue;
      const { workflowId, runId } = this.#chance.pick(starts.slice(-60));
      const described = await this.#describe(workflowId, runId);
      if (described !== null) descriptions.push(described);
      const beganUs = this.#caller.nowUs;
      const events = await this.#read(workflowId, runId);
      const endedUs = this.#caller.nowUs;
      const encoded = (events ?? []).map((event) => historyEventCodec.encode(event));
      histories.push({ workflowId, runId, beganUs, endedUs, events: encoded });
    }
  }

  /** Everything the server shows, now. */
  async readAll(): Promise<Shown> {
    const runs: RunShown[] = [];
    const descriptions: DescriptionSeen[] = [];
    const known = new Set<string>();
    for (const start of this.#ledger.starts) {
      const { workflowId } = start;
      for (let runId: string | null = start.runId; runId !== null && !known.has(runId); ) {
        known.add(runId);
        const events = await this.#read(workflowId, runId);
        if (events === null) break;
        runs.push({ workflowId, runId, events });
        const described = await this.#describe(workflowId, runId);
        if (described !== null) descriptions.push(described);
        runId = successorOf(events);
      }
    }
    return { runs, descriptions, listed: await this.#list() };
  }

  /** The history as it stands; null when there is no such run. */
  #read(workflowId: string, runId: string): Promise<HistoryEvent[] | null> {
    return orNotFound(this.#pages({ workflowId, runId }));
  }

  async #pages(execution: { workflowId: string; runId: string }): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const request = { namespace: this.#namespace, execution, nextPageToken };
      const page = await this.#caller.insist('GetWorkflowExecutionHistory', request);
      events.push(...decodeEvents(page.history));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    return events;
  }

  async #describe(workflowId: string, runId: string): Promise<DescriptionSeen | null> {
    const request = { namespace: this.#namespace, execution: { workflowId, runId } };
    const answer = await orNotFound(this.#caller.insist('DescribeWorkflowExecution', request));
    if (answer === null) return null;
    const info = answer.workflowExecutionInfo;
    return {
      workflowId,
      runId,
      seenUs: this.#caller.nowUs,
      status: info?.status ?? 0,
      historyLength: info?.historyLength ?? 0,
      pendingActivities: answer.pendingActivities.map(({ activityId }) => activityId),
      taskStarted: answer.pendingWorkflowTask?.state === PendingWorkflowTaskState.Started,
    };
  }

  async #list(): Promise<RunListed[]> {
    const listed: RunListed[] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const request = { namespace: this.#namespace, nextPageToken };
      const page = await this.#caller.insist('ListWorkflowExecutions', request);
      for (const { execution, status } of page.executions) {
        const { workflowId = '', runId = '' } = execution ?? {};
        listed.push({ workflowId, runId, status });
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    return listed;
  }
}

/** The run that a history says follows it. */
function successorOf(events: readonly HistoryEvent[]): string | null {
  const last = events.at(-1);
  const successor =
    last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ??
    last?.workflowExecutionCompletedEventAttributes?.newExecutionRunId ??
    last?.workflowExecutionFailedEventAttributes?.newExecutionRunId ??
    last?.workflowExecutionTimedOutEventAttributes?.newExecutionRunId ??
    '';
  return successor === '' ? null : successor;
}
