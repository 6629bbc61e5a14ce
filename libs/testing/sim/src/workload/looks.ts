// What a run looks like from outside: its history as it stands, its description. Seen by somebody to whom a server does not
// show the events of a task that is being tried again, which are in no history yet.

import { type DescriptionSeen, type HistorySeen, type Ledger, valuesOf } from '@perdure/model';
import { readMemo } from '@perdure/testing/golden';
import {
  decodeEvents,
  type HistoryEvent,
  HistoryEventFilterType,
  historyEventCodec,
  PendingWorkflowTaskState,
} from '@perdure/wire';
import { CallFailed } from '../flight.ts';
import { orNotFound } from './acts.ts';
import { type Caller, isUnknown } from './caller.ts';

export class Looks {
  readonly #caller: Caller;
  readonly #namespace: string;
  readonly #ledger: Ledger;

  constructor(caller: Caller, namespace: string, ledger: Ledger) {
    this.#caller = caller;
    this.#namespace = namespace;
    this.#ledger = ledger;
  }

  /** Describes and reads a run; both are kept. */
  async look(workflowId: string, runId: string): Promise<void> {
    const { descriptions, histories } = this.#ledger;
    const described = await this.describe(workflowId, runId);
    if (described !== null) descriptions.push(described);
    const beganUs = this.#caller.nowUs;
    const events = await this.read(workflowId, runId);
    const endedUs = this.#caller.nowUs;
    const encoded = (events ?? []).map((event) => historyEventCodec.encode(event));
    const seen: HistorySeen = { workflowId, runId, beganUs, endedUs, events: encoded };
    histories.push(seen);
  }

  /** The history as it stands; null when there is no such run. */
  read(workflowId: string, runId: string): Promise<HistoryEvent[] | null> {
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

  /** Waits for the end of a run and keeps what it was told; the run that follows it, if there is one. */
  async follow(workflowId: string, runId: string, closeOnly: boolean): Promise<string | null> {
    const caller = this.#caller;
    const beganUs = caller.nowUs;
    const pages: Uint8Array[][] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    for (;;) {
      const askedUs = caller.nowUs;
      const request = {
        namespace: this.#namespace,
        execution: { workflowId, runId },
        nextPageToken,
        waitNewEvent: true,
        maximumPageSize: 3,
        historyEventFilterType: closeOnly
          ? HistoryEventFilterType.CloseEvent
          : HistoryEventFilterType.AllEvent,
      };
      const page = await orAgain(
        () => orNotFound(caller.call('GetWorkflowExecutionHistory', request, waitUs)),
        () => caller.sleep(200_000),
      );
      if (page === 'again') continue;
      if (page === null) return null;
      const events = decodeEvents(page.history);
      if (events.length > 0) pages.push(events.map((event) => historyEventCodec.encode(event)));
      ({ nextPageToken } = page);
      if (nextPageToken.length > 0) continue;
      const endedUs = caller.nowUs;
      this.#ledger.ends.push({ workflowId, runId, beganUs, endedUs, askedUs, closeOnly, pages });
      return successorOf(events);
    }
  }

  /** null when there is no such run. */
  async describe(workflowId: string, runId: string): Promise<DescriptionSeen | null> {
    const beganUs = this.#caller.nowUs;
    const request = { namespace: this.#namespace, execution: { workflowId, runId } };
    const answer = await orNotFound(this.#caller.insist('DescribeWorkflowExecution', request));
    if (answer === null) return null;
    const info = answer.workflowExecutionInfo;
    return {
      workflowId,
      runId,
      beganUs,
      seenUs: this.#caller.nowUs,
      status: info?.status ?? 0,
      historyLength: info?.historyLength ?? 0,
      pendingActivities: answer.pendingActivities.map(({ activityId }) => activityId),
      taskStarted: answer.pendingWorkflowTask?.state === PendingWorkflowTaskState.Started,
      properties: {
        memo: readMemo(info?.memo),
        searchAttributes: valuesOf(info?.searchAttributes?.indexedFields ?? {}),
      },
    };
  }
}

/** How long the server may keep a call that waits, µs. */
const waitUs = 25_000_000;

/** The run that a history says follows it. */
export function successorOf(events: readonly HistoryEvent[]): string | null {
  const last = events.at(-1);
  const successor =
    last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ??
    last?.workflowExecutionCompletedEventAttributes?.newExecutionRunId ??
    last?.workflowExecutionFailedEventAttributes?.newExecutionRunId ??
    last?.workflowExecutionTimedOutEventAttributes?.newExecutionRunId ??
    '';
  return successor === '' ? null : successor;
}

/** `again` when the outcome is not known, after a pause. */
async function orAgain<T>(
  call: () => Promise<T>,
  pause: () => Promise<void>,
): Promise<T | 'again'> {
  try {
    return await call();
  } catch (fault) {
    if (!(fault instanceof CallFailed) || !isUnknown(fault)) throw fault;
    await pause();
    return 'again';
  }
}
