// Queries on their way (wire-contract 3.7). In memory only: a query leaves no trace, and a caller whose owner dies asks
// again.
//
// Q1. A query that goes with a workflow task sees everything that came before it: it is attached when the task starts,
//     or waits for the next one. When none follows it gets a task of its own.
// Q2. An answer that comes with a completion is given out when the completion is durable (W3).

import { type QueryRoute, routeQuery } from '@perdure/core-execution';
import { type Rejection, RejectionError, reject } from '@perdure/kernel';
import type { Clock, DynamicConfig, TaskOffers, TimerHandle } from '@perdure/ports';
import { QueryResultType, type RpcRequest } from '@perdure/wire';
import type { Dispatch } from '../owner/dispatch.ts';
import type { RunHandle } from '../owner/run-handle.ts';

type WorkflowQuery = NonNullable<RpcRequest<'QueryWorkflow'>['query']>;
type QueryResult = RpcRequest<'RespondWorkflowTaskCompleted'>['queryResults'][string];

export interface PendingQuery {
  readonly id: string;
  readonly handle: RunHandle;
  readonly query: WorkflowQuery;
  /** `waiting`: for the next workflow task; `attached`: with the started one; `direct`: has a task of its own. */
  place: 'waiting' | 'attached' | 'direct';
  readonly timer: TimerHandle;
  resolve(result: Uint8Array): void;
  reject(error: RejectionError): void;
}

/** A worker that did not poll for so long is taken for gone. */
const pollerSeenUs = 20_000_000;

const timedOut: Rejection = reject(
  'DEADLINE_EXCEEDED',
  'query timed out before a worker could process it',
);
const noPoller: Rejection = reject(
  'FAILED_PRECONDITION',
  'no poller seen for task queue recently, worker may be down',
);

export class QueryRegistry {
  readonly #clock: Clock;
  readonly #dispatch: Dispatch;
  readonly #matching: TaskOffers;
  readonly #config: DynamicConfig;
  readonly #byId = new Map<string, PendingQuery>();
  readonly #byRun = new Map<RunHandle, Map<string, PendingQuery>>();

  constructor(options: {
    readonly clock: Clock;
    readonly dispatch: Dispatch;
    readonly matching: TaskOffers;
    readonly config: DynamicConfig;
  }) {
    this.#clock = options.clock;
    this.#dispatch = options.dispatch;
    this.#matching = options.matching;
    this.#config = options.config;
  }

  find(queryId: string): PendingQuery | undefined {
    return this.#byId.get(queryId);
  }

  hasQueries(handle: RunHandle): boolean {
    return this.#byRun.has(handle);
  }

  /** Asks; resolves with the encoded result. The route has been found not to reject. */
  ask(handle: RunHandle, id: string, query: WorkflowQuery, timeoutUs: number): Promise<Uint8Array> {
    const queries = this.#byRun.get(handle) ?? new Map<string, PendingQuery>();
    if (queries.size >= this.#config.value('history.MaxBufferedQueryCount')) {
      throw new RejectionError(
        reject(
          'RESOURCE_EXHAUSTED',
          'consistent query buffer is full, cannot accept new consistent queries',
          {
            kind: 'resourceExhausted',
            cause: 'BUSY_WORKFLOW',
          },
        ),
      );
    }
    return new Promise((resolve, rejectWith) => {
      const timer = this.#clock.after(timeoutUs, () => this.#expire(id));
      const pending: PendingQuery = {
        id,
        handle,
        query,
        place: 'waiting',
        timer,
        resolve,
        reject: rejectWith,
      };
      this.#byId.set(id, pending);
      queries.set(id, pending);
      this.#byRun.set(handle, queries);
      this.#place(pending);
    });
  }

  /** Takes the queries that go with the task being started. */
  attach(handle: RunHandle): Record<string, WorkflowQuery> {
    for (const pending of this.#byRun.get(handle)?.values() ?? []) {
      if (pending.place !== 'direct') pending.place = 'attached';
    }
    return this.attached(handle);
  }

  /** Those that were taken when the task started. A later one may have to see what the task does not show (Q1). */
  attached(handle: RunHandle): Record<string, WorkflowQuery> {
    const pending = [...(this.#byRun.get(handle)?.values() ?? [])];
    const taken = pending.filter(({ place }) => place === 'attached');
    return Object.fromEntries(taken.map(({ id, query }) => [id, query]));
  }

  /** The run changed: the queries that went with a task which is over are placed anew. */
  changed(handle: RunHandle): void {
    const queries = this.#byRun.get(handle);
    if (queries === undefined || handle.state.progress.workflowTask?.startedTimeUs) return;
    for (const pending of queries.values()) {
      if (pending.place === 'direct') continue;
      pending.place = 'waiting';
      this.#place(pending);
    }
  }

  /** Takes the queries whose answers came, so that no one places them anew before the answer is durable. */
  takeAnswered(handle: RunHandle, results: Readonly<Record<string, QueryResult>>): (() => void)[] {
    const answers: (() => void)[] = [];
    for (const [id, result] of Object.entries(results)) {
      const pending = this.#byId.get(id);
      if (pending === undefined || pending.handle !== handle) continue;
      this.#remove(pending);
      answers.push(() => this.#settle(pending, result.resultType, result));
    }
    return answers;
  }

  /** The answer to a query task of its own. False: nobody waits for it any more. */
  answerDirect(queryId: string, result: RpcRequest<'RespondQueryTaskCompleted'>): boolean {
    const pending = this.#byId.get(queryId);
    if (pending === undefined) return false;
    this.#remove(pending);
    this.#settle(pending, result.completedType, {
      answer: result.queryResult,
      errorMessage: result.errorMessage,
      failure: result.failure,
    });
    return true;
  }

  /** The run is no more: nobody will answer its queries. */
  refuseAll(handle: RunHandle, error: RejectionError): void {
    for (const pending of this.#byRun.get(handle)?.values() ?? []) {
      this.#remove(pending);
      pending.reject(error);
    }
  }

  /** The receiver of a query task is gone: offer it again. */
  offerAgain(queryId: string): void {
    const pending = this.#byId.get(queryId);
    if (pending?.place === 'direct') {
      this.#dispatch.offerQuery(pending.handle, queryId, this.#clock.nowUs());
    }
  }

  #settle(
    pending: PendingQuery,
    type: number,
    result: { answer: Uint8Array; errorMessage: string; failure: Uint8Array },
  ): void {
    if (type === QueryResultType.Answered) pending.resolve(result.answer);
    else {
      const { errorMessage, failure } = result;
      const rejection = reject('INVALID_ARGUMENT', errorMessage, { kind: 'queryFailed', failure });
      pending.reject(new RejectionError(rejection));
    }
  }

  #place(pending: PendingQuery): void {
    const route: QueryRoute = routeQuery(pending.handle.state, 0, Number.POSITIVE_INFINITY);
    if (route.kind === 'rejected') {
      this.#remove(pending);
      pending.reject(new RejectionError(route.rejection));
    } else if (route.kind === 'direct') {
      pending.place = 'direct';
      this.#dispatch.offerQuery(pending.handle, pending.id, this.#clock.nowUs());
    }
  }

  #expire(queryId: string): void {
    const pending = this.#byId.get(queryId);
    if (pending === undefined) return;
    this.#remove(pending);
    const { run, start } = pending.handle.state;
    const sinceUs = this.#clock.nowUs() - pollerSeenUs;
    const queue = {
      namespaceId: run.namespaceId,
      kind: 'workflow',
      name: start.taskQueue,
    } as const;
    this.#matching.describe(queue).then(
      ({ pollers }) => {
        const seen = pollers.some(({ lastAccessTimeUs }) => lastAccessTimeUs >= sinceUs);
        pending.reject(new RejectionError(seen ? timedOut : noPoller));
      },
      // Whoever knows the pollers cannot be asked.
      () => pending.reject(new RejectionError(timedOut)),
    );
  }

  #remove(pending: PendingQuery): void {
    pending.timer.cancel();
    this.#byId.delete(pending.id);
    const queries = this.#byRun.get(pending.handle);
    queries?.delete(pending.id);
    if (queries?.size === 0) this.#byRun.delete(pending.handle);
  }
}
