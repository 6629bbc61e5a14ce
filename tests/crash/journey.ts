// One workflow of the crash test as its client sees it: started, signalled, awaited, and at last checked.
//
// J1. A start that was acknowledged names the only run of its id, and the history begins with it.
// J2. Each signal that was acknowledged is in the history once, however often it had to be sent.
// J3. Each activity has one result in the history; where the worker saw an acknowledgement, it is that result.
// J4. The result of the workflow is made of what its history says, and does not change after a client has read it.
// J5. The history has no gaps, and one closing event, the last.

import { randomUUID } from 'node:crypto';
import {
  closesRun,
  enumValue,
  historyFaults,
  jsonPayloads,
  namespace,
  readHistory,
  readPayloads,
} from '@perdure/testing/golden';
import { decodeEvents, type HistoryEvent } from '@perdure/wire';
import type { AnsweringWorker } from './answering-worker.ts';
import type { PersistentClient } from './persistent-client.ts';
import { type JourneyPlan, type JourneyResult, journey } from './workflows/index.ts';

const closeEvent = enumValue('HISTORY_EVENT_FILTER_TYPE', 'CLOSE_EVENT');

export class Journey {
  readonly workflowId = `journey-${randomUUID()}`;
  readonly plan: JourneyPlan;
  readonly marks: readonly string[];
  readonly #client: PersistentClient;
  #runId = '';
  #result: JourneyResult | undefined;

  constructor(client: PersistentClient, plan: JourneyPlan) {
    this.#client = client;
    this.plan = plan;
    this.marks = Array.from({ length: plan.marks }, () => randomUUID());
  }

  async start(taskQueue: string): Promise<void> {
    const { runId } = await this.#client.call('StartWorkflowExecution', {
      namespace,
      workflowId: this.workflowId,
      workflowType: { name: journey.name },
      taskQueue: { name: taskQueue },
      workflowTaskTimeout: { seconds: 2 },
      requestId: randomUUID(),
      input: jsonPayloads(this.plan),
    });
    this.#runId = runId;
  }

  async signal(mark: string): Promise<void> {
    await this.#client.call('SignalWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId: this.workflowId },
      signalName: 'mark',
      requestId: randomUUID(),
      input: jsonPayloads(mark),
    });
  }

  /** Waits for the closing event as an SDK does, over as many servers as it takes. */
  async finish(): Promise<void> {
    const execution = { workflowId: this.workflowId };
    for (let nextPageToken: Uint8Array = new Uint8Array(0); ; ) {
      const page = await this.#client.call(
        'GetWorkflowExecutionHistory',
        {
          namespace,
          execution,
          waitNewEvent: true,
          historyEventFilterType: closeEvent,
          nextPageToken,
        },
        25_000,
      );
      const [event] = decodeEvents(page.history);
      if (event !== undefined) {
        this.#result = resultOf(event);
        return;
      }
      nextPageToken = page.nextPageToken;
    }
  }

  /** What of J1 to J5 does not hold. */
  async faults(answers: AnsweringWorker): Promise<string[]> {
    const { workflowId } = this;
    const events = await readHistory(this.#client.raw, { workflowId });
    const faults = [...historyFaults(events)];
    const started = events[0]?.workflowExecutionStartedEventAttributes;
    if (started?.originalExecutionRunId !== this.#runId) {
      faults.push(`run ${started?.originalExecutionRunId}, acknowledged was ${this.#runId}`);
    }
    if (events.filter(closesRun).length !== 1 || !closesRun(events.at(-1))) {
      faults.push('not exactly one closing event at the end');
    }
    const written = events.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal === null ? [] : readPayloads(signal.input).map(String),
    );
    if (!sameSet(written, this.marks)) faults.push(`signals ${written.join()}`);
    const results = activityResults(events);
    for (const [activityId, values] of results) {
      if (values.length !== 1) faults.push(`activity ${activityId} has ${values.length} results`);
      const acknowledged = answers.acknowledged.get(`${workflowId}/${activityId}`);
      if (acknowledged !== undefined && acknowledged !== values[0]) {
        faults.push(`activity ${activityId} has ${values[0]}, acknowledged was ${acknowledged}`);
      }
    }
    const last = events.at(-1);
    const result = last === undefined ? undefined : resultOf(last);
    if (JSON.stringify(result) !== JSON.stringify(this.#result)) {
      faults.push(`result is ${JSON.stringify(result)}, read was ${JSON.stringify(this.#result)}`);
    }
    const rounds = this.plan.sleepsMs.length;
    const made = [...(result?.stamps ?? []), ...(result?.answers ?? [])];
    if (made.length !== 2 * rounds || !sameSet(made, [...results.values()].flat())) {
      faults.push(`result ${made.join()} is not that of the activities`);
    }
    if (result?.marks.join() !== written.join()) faults.push('the workflow saw other signals');
    return faults.map((fault) => `${workflowId}: ${fault}`);
  }
}

function resultOf(event: HistoryEvent): JourneyResult | undefined {
  const completed = event.workflowExecutionCompletedEventAttributes;
  return completed === null ? undefined : (readPayloads(completed.result)[0] as JourneyResult);
}

/** The results of the completed activities, by activity id. */
function activityResults(events: readonly HistoryEvent[]): Map<string, string[]> {
  const ids = new Map<number, string>();
  const results = new Map<string, string[]>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled !== null) {
      ids.set(event.eventId, scheduled.activityId);
      results.set(scheduled.activityId, []);
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed !== null) {
      const values = results.get(ids.get(completed.scheduledEventId) ?? '');
      values?.push(String(readPayloads(completed.result)[0]));
    }
  }
  return results;
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.toSorted().join() === b.toSorted().join();
