// The matching service: hands offered tasks to waiting polls. Soft state in memory; the owners know what is scheduled.
//
// The decisions are those of core/matching; here they are carried out. An offer that meets a poll, or a poll that meets
// an offer, calls the owner in the same turn, so that what is decided together shares a frame (W6). Nothing is answered
// before the start is durable: that is when the owner's promise resolves.

import {
  type ActivityPoll,
  backlogOf,
  cancelPoll,
  type Effect,
  expirePoll,
  finishStart,
  forgetWorker,
  type HeldTask,
  heldCount,
  isAvailable,
  newParkedPoll,
  offerTask,
  type ParkedPoll,
  type Poll,
  parkPoll,
  type QueueName,
  type StartResult,
  type TaskOffer,
  tick,
  type WorkflowPoll,
  withdrawTask,
} from '@perdure/core-matching';
import { usPerMinute } from '@perdure/kernel';
import {
  type Clock,
  type MatchingService,
  Metrics,
  type OfferAnswer,
  type PollTicket,
  type QueueStats,
  type TaskOwner,
  unknownNamespace,
} from '@perdure/ports';
import { pollerShownUs } from './poller-log.ts';
import { type Done, type Family, QueueDirectory, type ServedQueue } from './queue-directory.ts';
import { MatchingMeters } from './queue-meters.ts';
import { RateWindow } from './rate-window.ts';
import { TickSchedule } from './tick-schedule.ts';

const sweepEveryUs = usPerMinute;
/** About 500 MB: far more than waits for workers that keep up, and a bound all the same. */
const heldPerQueueMax = 1_000_000;

export interface MatchingOptions {
  readonly clock: Clock;
  /** Asked at each use: the owner and matching refer to each other. */
  readonly owner: () => TaskOwner;
  /** Tasks that one queue holds; beyond them an offer is answered `full`. */
  readonly heldPerQueueMax?: number;
  /** Where matching counts; nowhere unless given. */
  readonly metrics?: Metrics;
  readonly namespaceName?: (namespaceId: string) => string;
  /** Told of every start that the owner could not answer. The offer is dropped; the owner offers again. */
  readonly onStartFailed?: (offer: TaskOffer, cause: unknown) => void;
}

export class Matching implements MatchingService {
  readonly #clock: Clock;
  readonly #options: MatchingOptions;
  readonly #queues = new QueueDirectory();
  readonly #meters: MatchingMeters;
  readonly #ticks: TickSchedule;
  #sweeping = false;

  constructor(options: MatchingOptions) {
    this.#options = options;
    this.#clock = options.clock;
    const { metrics = new Metrics(), namespaceName = () => unknownNamespace } = options;
    this.#meters = new MatchingMeters(metrics, namespaceName);
    this.#meters.show(this.#queues, () => options.clock.nowUs());
    this.#ticks = new TickSchedule(options.clock, (queue) =>
      this.#perform(queue, tick(queue.tasks, this.#clock.nowUs())),
    );
  }

  get queueCount(): number {
    return this.#queues.size;
  }

  offer(offer: TaskOffer, answered: (answer: OfferAnswer) => void): void {
    answered(this.#take(offer));
  }

  #take(offer: TaskOffer): OfferAnswer {
    const nowUs = this.#clock.nowUs();
    const queue = this.#queueFor(offer);
    if (queue === undefined || !isAvailable(queue.tasks, nowUs)) return 'unavailable';
    const before = heldCount(queue.tasks);
    if (before >= (this.#options.heldPerQueueMax ?? heldPerQueueMax)) return 'full';
    queue.usedAtUs = nowUs;
    const effects = offerTask(queue.tasks, offer, nowUs);
    if (heldCount(queue.tasks) > before) {
      (queue.added ??= new RateWindow(nowUs)).add(nowUs);
      if (queue.tasks.pollCount === 0 && queue.pollers.isEmpty) {
        this.#meters.of(queue).noPoller.value += 1;
      }
    }
    this.#perform(queue, effects, offer);
    return 'taken';
  }

  /** A node that offers cannot be reached, or is another process now: what it still has it offers anew, what it has not is void. */
  forgetNode(node: string): void {
    for (const { tasks } of this.#queues.all()) {
      const gone = tasks.waiting.items.filter(({ offer }) => offer.node === node);
      for (const { offer } of gone) withdrawTask(tasks, offer);
    }
  }

  withdraw(offer: TaskOffer): void {
    const queue = this.#queues.find(familyOf(offer), offer.queue.namespaceId, offer.queue.name);
    if (queue !== undefined) withdrawTask(queue.tasks, offer);
  }

  pollWorkflowTask(poll: WorkflowPoll, done: Done): PollTicket {
    return this.#park(poll.sticky ? 'sticky' : 'workflow', poll, null, done);
  }

  pollActivityTask(poll: ActivityPoll, done: Done): PollTicket {
    return this.#park('activity', poll, poll.maxTasksPerSecond, done);
  }

  forgetStickyQueue(namespaceId: string, name: string): void {
    const queue = this.#queues.find('sticky', namespaceId, name);
    if (queue !== undefined) this.#perform(queue, forgetWorker(queue.tasks));
  }

  describe(queue: QueueName): Promise<QueueStats> {
    return Promise.resolve(this.#stats(queue));
  }

  #stats({ kind, namespaceId, name }: QueueName): QueueStats {
    const nowUs = this.#clock.nowUs();
    const sticky = (): ServedQueue | undefined =>
      kind === 'workflow' ? this.#queues.find('sticky', namespaceId, name) : undefined;
    const queue = this.#queues.find(kind, namespaceId, name) ?? sticky();
    if (queue === undefined) return unknownQueue;
    queue.pollers.forgetBefore(nowUs - pollerShownUs);
    const { count, oldestAtUs } = backlogOf(queue.tasks);
    return {
      backlogCount: count,
      backlogAgeUs: count === 0 ? 0 : Math.max(0, nowUs - oldestAtUs),
      tasksAddRate: queue.added?.perSecond(nowUs) ?? 0,
      tasksDispatchRate: queue.dispatched?.perSecond(nowUs) ?? 0,
      pollers: queue.pollers.list(),
    };
  }

  #queueFor(offer: TaskOffer): ServedQueue | undefined {
    const { namespaceId, name } = offer.queue;
    if (offer.sticky) return this.#queues.find('sticky', namespaceId, name);
    return this.#open(familyOf(offer), namespaceId, name);
  }

  #open(family: Family, namespaceId: string, name: string): ServedQueue {
    const queue = this.#queues.open(family, namespaceId, name);
    if (!this.#sweeping) this.#sweepLater();
    return queue;
  }

  #park(family: Family, poll: Poll, limit: number | null, done: Done): PollTicket {
    const nowUs = this.#clock.nowUs();
    const queue = this.#open(family, poll.namespaceId, poll.queue);
    queue.usedAtUs = nowUs;
    queue.pollers.add(poll.identity, limit, nowUs);
    const parked = newParkedPoll(poll, done);
    this.#perform(queue, parkPoll(queue.tasks, parked, nowUs));
    return new Ticket(this, queue, parked);
  }

  /** For tickets. */
  cancelPoll(queue: ServedQueue, parked: ParkedPoll<Done>): void {
    this.#perform(queue, cancelPoll(queue.tasks, parked));
  }

  /** For tickets. */
  expirePoll(queue: ServedQueue, parked: ParkedPoll<Done>): void {
    this.#perform(queue, expirePoll(queue.tasks, parked, this.#clock.nowUs()));
  }

  /** `offered`: what has just been offered: a start of it is a match without a wait. */
  #perform(queue: ServedQueue, effects: readonly Effect<Done>[], offered?: TaskOffer): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'start':
          this.#matched(queue, effect.task.offer, effect.task.offer === offered);
          void this.#start(queue, effect.task, effect.poll);
          break;
        case 'answer':
          this.#answer(queue, effect);
          break;
        case 'giveBack':
          this.#giveBack(effect.offer, effect.pollRequestId);
          break;
        case 'stickyGone':
          this.#options.owner().stickyQueueGone(effect.offer);
          break;
        case 'tickAt':
          this.#ticks.put(queue, effect.atUs);
          break;
      }
    }
  }

  #matched(queue: ServedQueue, { scheduledAtUs }: TaskOffer, sync: boolean): void {
    const meters = this.#meters.of(queue);
    const waitedUs = Math.max(0, this.#clock.nowUs() - scheduledAtUs);
    meters.dispatch.observe(waitedUs);
    (sync ? meters.syncMatch : meters.asyncMatch).observe(waitedUs);
    if (sync) meters.syncMatches.value += 1;
  }

  /** Calls the owner before it returns; ends with the start. */
  async #start(queue: ServedQueue, task: HeldTask<Done>, poll: Poll): Promise<void> {
    const { offer } = task;
    let result: StartResult;
    try {
      const owner = this.#options.owner();
      result = await (offer.kind === 'activity'
        ? owner.startActivityTask(offer, poll as ActivityPoll)
        : owner.startWorkflowTask(offer, poll as WorkflowPoll));
    } catch (cause) {
      this.#options.onStartFailed?.(offer, cause);
      result = { kind: 'failed' };
    }
    this.#perform(queue, finishStart(queue.tasks, task, result, this.#clock.nowUs()));
  }

  #answer(queue: ServedQueue, { poll, outcome }: Effect<Done> & { kind: 'answer' }): void {
    const nowUs = this.#clock.nowUs();
    queue.usedAtUs = nowUs;
    const meters = this.#meters.of(queue);
    meters.pollLatency.observe(Math.max(0, nowUs - poll.parkedAtUs));
    if (outcome.kind === 'task') {
      (queue.dispatched ??= new RateWindow(nowUs)).add(nowUs);
      meters.pollSuccess.value += 1;
      meters.scheduleToStart.observe(Math.max(0, nowUs - outcome.offer.scheduledAtUs));
    } else meters.pollTimeouts.value += 1;
    poll.waiter(outcome);
  }

  #giveBack(offer: TaskOffer, pollRequestId: string): void {
    const owner = this.#options.owner();
    if (offer.kind === 'activity') owner.activityTaskNotDelivered(offer, pollRequestId);
    else owner.workflowTaskNotDelivered(offer, pollRequestId);
  }

  /** A server without queues has no timer. */
  #sweepLater(): void {
    this.#sweeping = this.#queues.size > 0;
    if (!this.#sweeping) return;
    this.#clock.after(sweepEveryUs, () => {
      this.#queues.sweep(this.#clock.nowUs());
      this.#sweepLater();
    });
  }
}

/** A poll's way back. A small object of its own: ten thousand of them wait. */
class Ticket implements PollTicket {
  readonly #matching: Matching;
  readonly #queue: ServedQueue;
  readonly #parked: ParkedPoll<Done>;

  constructor(matching: Matching, queue: ServedQueue, parked: ParkedPoll<Done>) {
    this.#matching = matching;
    this.#queue = queue;
    this.#parked = parked;
  }

  cancel(): void {
    this.#matching.cancelPoll(this.#queue, this.#parked);
  }

  expire(): void {
    this.#matching.expirePoll(this.#queue, this.#parked);
  }
}

const unknownQueue: QueueStats = {
  backlogCount: 0,
  backlogAgeUs: 0,
  tasksAddRate: 0,
  tasksDispatchRate: 0,
  pollers: [],
};

function familyOf(offer: TaskOffer): Family {
  return offer.sticky ? 'sticky' : offer.queue.kind;
}
