// What the server said yes to, and whether it still stands by it.
//
// A1. A run whose start was acknowledged is there, unless its deletion was asked for.
// A2. A signal that was acknowledged stands in the history of a run of its workflow id, as often as it was sent with
//     different request ids. (A signal without a request id counts by its own.)
// A3. A run whose termination was acknowledged is closed.
// A4. What was read of a history stays a prefix of it.

import { equalBytes } from '@perdure/kernel';
import { closesRun, namespace, type RawClient, WireStatus } from '@perdure/testing/golden';
import {
  DecodeFault,
  decodeEvents,
  type HistoryEvent,
  historyEventCodec,
  publicCodec,
  rpcCodec,
} from '@perdure/wire';
import type { HostileMethod } from './valid-request.ts';

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

export class Acknowledged {
  readonly started: Execution[] = [];
  readonly #signals: { readonly workflowId: string; readonly name: string }[] = [];
  readonly #signalKeys = new Set<string>();
  readonly #terminated: Execution[] = [];
  readonly #deleted = new Set<string>();
  readonly #asked = new Set<string>();

  /** To be told before the call: a deletion may happen although its answer was lost. */
  about(method: HostileMethod, request: Uint8Array): void {
    if (method.name !== 'DeleteWorkflowExecution') return;
    const execution = deletionOf(method, request)?.workflowExecution ?? null;
    if (execution !== null) this.#deleted.add(execution.workflowId);
  }

  /** To be told of each call that succeeded. */
  note(method: HostileMethod, request: Uint8Array, response: Uint8Array): void {
    this.#asked.add(method.name);
    switch (method.name) {
      case 'StartWorkflowExecution': {
        const codec = rpcCodec('StartWorkflowExecution');
        const { namespace: namespaceOf, workflowId } = codec.request.decode(request);
        const { runId } = codec.response.decode(response);
        if (namespaceOf === namespace) this.started.push({ workflowId, runId });
        break;
      }
      case 'SignalWorkflowExecution': {
        const codec = rpcCodec('SignalWorkflowExecution').request;
        const { requestId, signalName, workflowExecution, ...rest } = codec.decode(request);
        const namespaceOf = rest.namespace;
        const workflowId = workflowExecution?.workflowId ?? '';
        const key = `${workflowId}\0${requestId}`;
        if (namespaceOf !== namespace || (requestId !== '' && this.#signalKeys.has(key))) break;
        this.#signalKeys.add(key);
        this.#signals.push({ workflowId, name: signalName });
        break;
      }
      case 'TerminateWorkflowExecution': {
        const codec = rpcCodec('TerminateWorkflowExecution').request;
        const { namespace: namespaceOf, workflowExecution } = codec.decode(request);
        if (namespaceOf !== namespace || workflowExecution === null) break;
        this.#terminated.push(workflowExecution);
        break;
      }
    }
  }

  get methods(): ReadonlySet<string> {
    return this.#asked;
  }

  /** The histories of all runs listed, and of those known here, by run id; a deleted one is left out. */
  async histories(raw: RawClient): Promise<Map<string, HistoryEvent[]>> {
    const found = new Map<string, HistoryEvent[]>();
    await this.#learnListed(raw);
    const left = [...this.started];
    const lane = async (): Promise<void> => {
      for (let run = left.pop(); run !== undefined; run = left.pop()) {
        if (found.has(run.runId)) continue;
        const events = await historyOf(raw, run);
        if (events !== null) found.set(run.runId, events);
      }
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    return found;
  }

  /** Terminates what is open: a signal that waited for a workflow task to end is in the history then. */
  async endAll(raw: RawClient): Promise<void> {
    const left = [...this.started];
    const lane = async (): Promise<void> => {
      for (let workflowExecution = left.pop(); workflowExecution !== undefined; ) {
        const request = { namespace, workflowExecution };
        await raw.call('TerminateWorkflowExecution', request).catch((error: unknown) => {
          if (!(error instanceof WireStatus) || error.code !== 'NOT_FOUND') throw error;
        });
        workflowExecution = left.pop();
      }
    };
    await Promise.all(Array.from({ length: 8 }, lane));
  }

  /** Runs that the server started by itself: successors of others, and those of a signal. */
  async #learnListed(raw: RawClient): Promise<void> {
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const page = await raw.call('ListWorkflowExecutions', { namespace, nextPageToken });
      for (const { execution } of page.executions) {
        if (execution !== null) this.started.push(execution);
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
  }

  /** What does not hold of A1-A3. */
  faults(histories: ReadonlyMap<string, readonly HistoryEvent[]>): string[] {
    const faults: string[] = [];
    const runsOf = Map.groupBy(this.started, (run) => run.workflowId);
    const runs = new Map(this.started.map((run) => [run.runId, run]));
    for (const { workflowId, runId } of runs.values()) {
      if (!histories.has(runId) && !this.#deleted.has(workflowId)) {
        faults.push(`A1: run ${runId} of ${workflowId} is gone`);
      }
    }
    const sent = Map.groupBy(this.#signals, ({ workflowId, name }) => `${workflowId}\0${name}`);
    for (const signals of sent.values()) {
      const { workflowId, name } = signals[0] as { workflowId: string; name: string };
      if (this.#deleted.has(workflowId)) continue;
      const runs = runsOf.get(workflowId);
      if (runs === undefined) continue;
      const ids = new Set(runs.map((run) => run.runId));
      const there = [...ids]
        .flatMap((runId) => histories.get(runId) ?? [])
        .filter((event) => event.workflowExecutionSignaledEventAttributes?.signalName === name);
      if (there.length < signals.length) {
        faults.push(`A2: ${signals.length} signals "${name}" to ${workflowId}, ${there.length} in`);
      }
    }
    for (const { workflowId, runId } of this.#terminated) {
      const events = histories.get(runId);
      if (events === undefined || this.#deleted.has(workflowId)) continue;
      if (!closesRun(events.at(-1))) faults.push(`A3: run ${runId} of ${workflowId} goes on`);
    }
    return faults;
  }
}

/** A4: what `later` lacks or says otherwise. */
export function changedHistories(
  earlier: ReadonlyMap<string, readonly HistoryEvent[]>,
  later: ReadonlyMap<string, readonly HistoryEvent[]>,
): string[] {
  return [...earlier].flatMap(([runId, events]) => {
    const now = later.get(runId);
    if (now === undefined) return [`A4: run ${runId} was there and is gone`];
    const differs = events.findIndex((event, index) => {
      const other = now[index];
      return other === undefined || !equalBytes(encoded(event), encoded(other));
    });
    return differs < 0 ? [] : [`A4: event ${differs + 1} of run ${runId} changed`];
  });
}

const encoded = (event: HistoryEvent): Uint8Array => historyEventCodec.encode(event);

/** As the command line reads it: without the events of a task that is being tried again, which are in no history yet. */
const headers = { 'client-name': 'temporal-cli', 'client-version': '1.5.0' };

async function historyOf(raw: RawClient, execution: Execution): Promise<HistoryEvent[] | null> {
  const events: HistoryEvent[] = [];
  let nextPageToken: Uint8Array = new Uint8Array(0);
  try {
    do {
      const request = { namespace, execution, nextPageToken };
      const page = await raw.call('GetWorkflowExecutionHistory', request, { headers });
      events.push(...decodeEvents(page.history));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    return events;
  } catch (error) {
    if (error instanceof WireStatus && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** null: the request was damaged beyond reading, and the server cannot read it either. */
function deletionOf(
  method: HostileMethod,
  bytes: Uint8Array,
): { readonly workflowExecution: Execution | null } | null {
  try {
    return publicCodec<unknown>(method.requestType).decode(bytes) as ReturnType<typeof deletionOf>;
  } catch (error) {
    if (error instanceof DecodeFault) return null;
    throw error;
  }
}
