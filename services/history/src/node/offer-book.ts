// What one LogPartition has offered and nobody has started: the memory that lets matching forget (D1).
//
// B1. A task is in the book from its offer until its start ended, started or obsolete, or its offer was refused. The book
//     goes with the ownership of the LogPartition; the successor offers everything itself, under a higher epoch.
// B2. An offer that is not answered for 10 s is repeated. One whose answer is known to be lost is repeated after 1 s; while
//     its node answers nothing, one offer at a time finds out whether it does again.
// B3. When queues move, what was offered elsewhere is taken back there and offered at the new place. When a node is lost,
//     everything that it held is offered anew: it may have forgotten it.
// B4. A workflow task that was started, less than 2 s before the node that held it was lost, may have reached nobody. It is
//     offered once more: the first completion wins (D3). An activity is not: it ends by its time-out.
// B5. What was taken and not started for a minute is offered once more, some at a time: matching holds soft state, and may have
//     lost it in a way that nobody heard of, such as two processes under one name of which one went.

import { taskKey } from '@perdure/core-matching';
import { usPerSecond } from '@perdure/kernel';
import type {
  Clock,
  ClusterMatching,
  HistoryService,
  OfferAnswer,
  QueueName,
  QueueStats,
  StartOutcome,
  TaskOffer,
  TaskOffers,
  TimerHandle,
  WorkflowPoll,
} from '@perdure/ports';

const unansweredUs = 10 * usPerSecond;
/** B5. */
const remindEveryUs = 10 * usPerSecond;
const remindAfterUs = 60 * usPerSecond;
const remindersMax = 256;
const lostUs = usPerSecond;
/** A task reaches its worker within that time, or is lost. */
const handOutUs = 2 * usPerSecond;

interface Entry {
  readonly key: string;
  readonly offer: TaskOffer;
  readonly answered: (answer: OfferAnswer) => void;
  node: string;
  /** Counts its sendings, so that a late answer of an earlier one is told apart. */
  sent: number;
  /** When it is sent again; counts while it is unanswered. */
  dueUs: number;
}

interface HandedOut {
  readonly offer: TaskOffer;
  readonly pollRequestId: string;
  readonly node: string;
  readonly atUs: number;
}

export interface OfferBookOptions {
  readonly clock: Clock;
  readonly matching: ClusterMatching;
}

export class OfferBook implements TaskOffers {
  readonly #clock: Clock;
  readonly #matching: ClusterMatching;
  readonly #unwatch: () => void;
  readonly #entries = new Map<string, Entry>();
  readonly #unanswered = new Set<Entry>();
  /** Nodes whose last answer was lost. */
  readonly #silent = new Set<string>();
  /** Of the last 2 s at least, oldest first, in two parts: the older is dropped whole. */
  #handedOut: [HandedOut[], HandedOut[]] = [[], []];
  #service: HistoryService | null = null;
  #timer: TimerHandle | null = null;
  #reminder: TimerHandle | null = null;
  #closed = false;

  constructor({ clock, matching }: OfferBookOptions) {
    this.#clock = clock;
    this.#matching = matching;
    this.#unwatch = matching.watch({
      moved: () => this.#moved(),
      lost: (node) => this.#lost(node),
    });
  }

  /** Offers that nobody has started, as far as is known here. */
  get size(): number {
    return this.#entries.size;
  }

  offer(offer: TaskOffer, answered: (answer: OfferAnswer) => void): void {
    if (this.#closed) return;
    const key = keyOf(offer);
    const before = this.#entries.get(key);
    if (before !== undefined) {
      this.#remove(before);
      // To another queue: the sticky one must not hand it out as well.
      const { queue, sticky } = before.offer;
      if (queue.name !== offer.queue.name || sticky !== offer.sticky) this.#takeBack(before);
    }
    const { self } = this.#matching;
    const named = { ...offer, node: self };
    const entry: Entry = { key, offer: named, answered, node: self, sent: 0, dueUs: 0 };
    this.#entries.set(key, entry);
    this.#send(entry);
    this.#remindLater();
  }

  withdraw(offer: TaskOffer): void {
    const entry = this.#entries.get(keyOf(offer));
    if (entry === undefined) return;
    this.#remove(entry);
    this.#takeBack(entry);
  }

  describe(queue: QueueName): Promise<QueueStats> {
    return this.#matching.describe(queue);
  }

  /** The service of the LogPartition, whose starts are entered here. Everybody calls it through what this returns. */
  watch(service: HistoryService): HistoryService {
    this.#service = service;
    return {
      rpc: service.rpc,
      startWorkflowTask: (offer, poll) => {
        const start = service.startWorkflowTask(offer, poll);
        this.#onEnd(offer, start, poll);
        return start;
      },
      startActivityTask: (offer, poll) => {
        const start = service.startActivityTask(offer, poll);
        this.#onEnd(offer, start, null);
        return start;
      },
      workflowTaskNotDelivered: (offer, id) => service.workflowTaskNotDelivered(offer, id),
      activityTaskNotDelivered: (offer, id) => service.activityTaskNotDelivered(offer, id),
      stickyQueueGone: (offer) => {
        const entry = this.#entries.get(keyOf(offer));
        if (entry?.offer.sticky === true && entry.offer.queue.name === offer.queue.name) {
          this.#remove(entry);
        }
        service.stickyQueueGone(offer);
      },
    };
  }

  /** The LogPartition is no longer owned. Nothing is offered or answered any more, and what was offered is taken back. */
  close(): void {
    this.#closed = true;
    this.#unwatch();
    this.#timer?.cancel();
    this.#reminder?.cancel();
    for (const entry of this.#entries.values()) this.#takeBack(entry);
    this.#entries.clear();
    this.#unanswered.clear();
    this.#handedOut = [[], []];
  }

  #onEnd(offer: TaskOffer, start: Promise<StartOutcome>, poll: WorkflowPoll | null): void {
    start.then(
      ({ kind }) => {
        const entry = this.#entries.get(keyOf(offer));
        if (entry !== undefined) this.#remove(entry);
        if (kind === 'started' && poll !== null && entry !== undefined) this.#handOut(entry, poll);
      },
      // Matching holds it again after a while, unless it was lost: either way it stays in the book.
      () => undefined,
    );
  }

  #handOut({ offer, node }: Entry, { pollRequestId }: WorkflowPoll): void {
    if (this.#closed || node === this.#matching.self) return;
    const nowUs = this.#clock.nowUs();
    const [, recent] = this.#handedOut;
    const since = recent[0]?.atUs ?? nowUs;
    if (nowUs - since > handOutUs) this.#handedOut = [recent, []];
    this.#handedOut[1].push({ offer, pollRequestId, node, atUs: nowUs });
  }

  #send(entry: Entry): void {
    entry.node = this.#matching.nodeOf(entry.offer.queue);
    entry.sent += 1;
    entry.dueUs = this.#clock.nowUs() + unansweredUs;
    this.#unanswered.add(entry);
    const { sent, node } = entry;
    this.#matching.offerAt(node, entry.offer, (answer) => this.#came(entry, sent, node, answer));
    if (this.#unanswered.has(entry)) this.#wait();
  }

  #came(entry: Entry, sent: number, node: string, answer: OfferAnswer | 'lost'): void {
    if (answer === 'lost') this.#silent.add(node);
    else if (this.#silent.delete(node)) this.#sendWaiting(node);
    if (this.#entries.get(entry.key) !== entry || entry.sent !== sent) return;
    if (answer === 'lost') {
      entry.dueUs = this.#clock.nowUs() + lostUs;
      return;
    }
    this.#unanswered.delete(entry);
    if (answer !== 'taken') this.#entries.delete(entry.key);
    entry.answered(answer);
  }

  /** The node answers again: what waited for it need not wait longer. */
  #sendWaiting(node: string): void {
    const nowUs = this.#clock.nowUs();
    for (const entry of this.#unanswered) {
      // Sent since, and on its way: the others were lost.
      if (entry.node === node && entry.dueUs - nowUs <= lostUs) this.#send(entry);
    }
  }

  #wait(): void {
    if (this.#closed || this.#timer !== null) return;
    this.#timer = this.#clock.after(lostUs, () => {
      this.#timer = null;
      this.#sendDue();
      if (this.#unanswered.size > 0) this.#wait();
    });
  }

  #sendDue(): void {
    const nowUs = this.#clock.nowUs();
    const asked = new Set<string>();
    for (const entry of this.#unanswered) {
      if (entry.dueUs > nowUs) continue;
      const node = this.#matching.nodeOf(entry.offer.queue);
      if (this.#silent.has(node)) {
        if (asked.has(node)) continue;
        asked.add(node);
      }
      this.#send(entry);
    }
  }

  /** B5. The entries stand in the order in which they were sent last, nearly. */
  #remindLater(): void {
    if (this.#closed || this.#reminder !== null || this.#entries.size === 0) return;
    this.#reminder = this.#clock.after(remindEveryUs, () => {
      this.#reminder = null;
      const sentBeforeUs = this.#clock.nowUs() - remindAfterUs;
      let left = remindersMax;
      for (const entry of this.#entries.values()) {
        if (left-- === 0) break;
        if (entry.dueUs - unansweredUs > sentBeforeUs) continue;
        this.#entries.delete(entry.key);
        this.#entries.set(entry.key, entry);
        this.#send(entry);
      }
      this.#remindLater();
    });
  }

  #moved(): void {
    for (const entry of this.#entries.values()) {
      if (this.#matching.nodeOf(entry.offer.queue) === entry.node) continue;
      this.#takeBack(entry);
      this.#send(entry);
    }
  }

  #lost(node: string): void {
    const nowUs = this.#clock.nowUs();
    for (const entry of this.#entries.values()) {
      if (entry.node !== node) continue;
      entry.sent += 1;
      entry.dueUs = nowUs;
      this.#unanswered.add(entry);
    }
    if (this.#unanswered.size > 0) {
      this.#silent.add(node);
      this.#sendDue();
      this.#wait();
    }
    const sinceUs = nowUs - handOutUs;
    const handedOut = this.#handedOut.flat();
    this.#handedOut = [[], handedOut.filter((each) => each.node !== node)];
    for (const { offer, pollRequestId, node: there, atUs } of handedOut) {
      if (there !== node || atUs < sinceUs) continue;
      this.#service?.workflowTaskNotDelivered(offer, pollRequestId);
    }
  }

  #takeBack({ node, offer }: Entry): void {
    this.#matching.withdrawAt(node, offer);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#unanswered.delete(entry);
  }
}

function keyOf(offer: TaskOffer): string {
  return `${offer.run.namespaceId}\0${taskKey(offer)}`;
}
