// Parks the polls of workers and answers them. Holds connections' calls, no task.
//
// G1. A poll whose client is gone consumes no task: it is taken back, and what was started for it is given back (D3).
// G2. Nobody but the writer of the response knows whether a byte of it left. Until it has begun to write, it can give
//     the task back (`notDelivered`); afterwards an activity ends by its time-out.
// G3. A poll ends empty in time for its client to hear of it. One that a task is being started for waits for the start.

import { noBytes, type Rejection, RejectionError, reject } from '@perdure/kernel';
import type {
  CallContext,
  Clock,
  DynamicConfig,
  PolledTask,
  PollOutcome,
  PollTicket,
  Routed,
  TaskOffer,
  TaskOwner,
  TaskPolls,
  WorkerGateway,
} from '@perdure/ports';
import { type Expiring, ExpiryBuckets } from './expiry-buckets.ts';
import { activityPollOf, refusePoll, workflowPollOf } from './poll-request.ts';
import { pollEndUs } from './poll-wait.ts';
import { emptyPoll, StartedTask } from './polled-task.ts';

/** Each costs about 1 KB here and far more in its connection. */
const openPollsMax = 50_000;

export interface GatewayOptions {
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly matching: TaskPolls;
  /** Asked at each use, for what was not delivered. */
  readonly owner: () => TaskOwner;
  /** A UUID made for this gateway at its start. Its polls are named after it. */
  readonly gatewayId: string;
  /** Told of every task that a poll is about to be answered with. */
  readonly onHandedOut?: (call: CallContext, offer: TaskOffer) => void;
  /** Polls open at once; further ones are refused RESOURCE_EXHAUSTED. */
  readonly openPollsMax?: number;
}

type PollRpc = 'PollWorkflowTaskQueue' | 'PollActivityTaskQueue' | 'PollNexusTaskQueue';

/** A poll that waits for its answer. */
interface OpenPoll extends Expiring {
  readonly call: CallContext;
  readonly pollRequestId: string;
  readonly answer: (task: PolledTask) => void;
  ticket: PollTicket | null;
  ended: boolean;
}

export class Gateway implements WorkerGateway {
  readonly #options: GatewayOptions;
  readonly #expiry: ExpiryBuckets<OpenPoll>;
  #open = 0;
  #polls = 0;
  #draining: PromiseWithResolvers<void> | null = null;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#expiry = new ExpiryBuckets(options.clock, (poll) => poll.ticket?.expire());
  }

  get openPolls(): number {
    return this.#open;
  }

  pollWorkflowTaskQueue(
    routed: Routed<'PollWorkflowTaskQueue'>,
    call: CallContext,
  ): Promise<PolledTask> {
    const endUs = this.#admit(routed, 'workflow', call);
    if (typeof endUs !== 'number') return Promise.reject(new RejectionError(endUs));
    if (call.cancelled()) return Promise.resolve(emptyPoll);
    const poll = workflowPollOf(routed, call, this.#newPollRequestId());
    return this.#park(call, poll.pollRequestId, endUs, (done) =>
      this.#options.matching.pollWorkflowTask(poll, done),
    );
  }

  pollActivityTaskQueue(
    routed: Routed<'PollActivityTaskQueue'>,
    call: CallContext,
  ): Promise<PolledTask> {
    const endUs = this.#admit(routed, 'activity', call);
    if (typeof endUs !== 'number') return Promise.reject(new RejectionError(endUs));
    if (call.cancelled()) return Promise.resolve(emptyPoll);
    const poll = activityPollOf(routed, call, this.#newPollRequestId());
    return this.#park(call, poll.pollRequestId, endUs, (done) =>
      this.#options.matching.pollActivityTask(poll, done),
    );
  }

  /** Nobody has Nexus tasks yet: the poll waits for its end. Stock workers hold one open to be reached by. */
  pollNexusTaskQueue(routed: Routed<'PollNexusTaskQueue'>, call: CallContext): Promise<PolledTask> {
    const endUs = this.#admit(routed, 'nexus', call);
    if (typeof endUs !== 'number') return Promise.reject(new RejectionError(endUs));
    if (call.cancelled()) return Promise.resolve(emptyPoll);
    return this.#park(call, this.#newPollRequestId(), endUs, (done) => ({
      cancel: () => undefined,
      expire: () => done({ kind: 'empty' }),
    }));
  }

  /** Leaves the worker's open polls alone: it cancels them itself (capability worker_poll_complete_on_shutdown is false). */
  shutdownWorker({ namespaceId, request }: Routed<'ShutdownWorker'>): Promise<Uint8Array> {
    const { stickyTaskQueue } = request;
    if (stickyTaskQueue !== '') {
      this.#options.matching.forgetStickyQueue(namespaceId, stickyTaskQueue);
    }
    return Promise.resolve(noBytes);
  }

  drain(): Promise<void> {
    if (this.#draining === null) {
      this.#draining = Promise.withResolvers();
      this.#expiry.expireAll();
      this.#finishDrain();
    }
    return this.#draining.promise;
  }

  /** When the poll ends, or why it may not begin. */
  #admit(
    { namespace, request }: Routed<PollRpc>,
    taskQueueType: 'workflow' | 'activity' | 'nexus',
    call: CallContext,
  ): number | Rejection {
    if (this.#draining !== null) return reject('UNAVAILABLE', 'The server is shutting down.');
    if (this.#open >= (this.#options.openPollsMax ?? openPollsMax)) {
      const message = 'Too many polls are waiting on this server.';
      const cause = 'CONCURRENT_LIMIT';
      return reject('RESOURCE_EXHAUSTED', message, { kind: 'resourceExhausted', cause });
    }
    const waitMaxUs = this.#options.config.value('matching.longPollExpirationInterval', {
      namespace,
      taskQueue: request.taskQueue?.name ?? '',
      taskQueueType,
    });
    const endUs = pollEndUs(call.deadlineMs, this.#options.clock.nowUs(), waitMaxUs);
    return typeof endUs === 'number' ? (refusePoll(request) ?? endUs) : endUs;
  }

  /** A UUID too, for histories show it: the gateway's with a counter as its last part. Random ones cost 20 times the memory. */
  #newPollRequestId(): string {
    this.#polls += 1;
    return this.#options.gatewayId.slice(0, 24) + this.#polls.toString(16).padStart(12, '0');
  }

  #park(
    call: CallContext,
    pollRequestId: string,
    endUs: number,
    park: (done: (outcome: PollOutcome) => void) => PollTicket,
  ): Promise<PolledTask> {
    const { promise, resolve: answer } = Promise.withResolvers<PolledTask>();
    const poll = { call, pollRequestId, answer, ticket: null, ended: false, bucket: 0 };
    this.#begin(poll, endUs, park);
    return promise;
  }

  /** A function of its own, so that what lives as long as the poll holds on to the poll only. */
  #begin(
    poll: OpenPoll,
    endUs: number,
    park: (done: (outcome: PollOutcome) => void) => PollTicket,
  ): void {
    this.#open += 1;
    poll.ticket = park((outcome) => this.#answer(poll, outcome));
    if (poll.ended) return;
    this.#expiry.put(poll, endUs);
    poll.call.onCancelled(() => this.#cancel(poll));
  }

  #answer(poll: OpenPoll, outcome: PollOutcome): void {
    if (outcome.kind === 'empty') {
      this.#end(poll, emptyPoll);
      return;
    }
    const task = new StartedTask(this.#options.owner, outcome, poll.pollRequestId);
    const gone = poll.call.cancelled();
    if (!gone) this.#options.onHandedOut?.(poll.call, outcome.offer);
    this.#end(poll, gone ? emptyPoll : task);
    if (gone) task.notDelivered();
  }

  #cancel(poll: OpenPoll): void {
    if (poll.ended) return;
    poll.ticket?.cancel();
    this.#end(poll, emptyPoll);
  }

  #end(poll: OpenPoll, task: PolledTask): void {
    poll.ended = true;
    this.#open -= 1;
    this.#expiry.remove(poll);
    poll.answer(task);
    this.#finishDrain();
  }

  #finishDrain(): void {
    if (this.#open === 0) this.#draining?.resolve();
  }
}
