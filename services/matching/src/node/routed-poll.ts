// One poll of a worker, parked at the node that holds its queue, wherever that is while the poll lasts.
//
// R1. The poll is parked at one place at a time: it moves only when its old place has ended it, empty.
// R2. It is answered once, and never after it was cancelled; a task that comes then has reached no worker, so it is given
//     back by whoever knows that: here (D3).
// R3. A place that is lost with a task for the poll on its way says nothing of it: whoever held the queue knows, or the
//     task's time-out does. The poll is parked anew under the same request id.

import type {
  ActivityPoll,
  PollOutcome,
  PollTicket,
  QueueName,
  RemotePollOutcome,
  TaskOffer,
  WorkflowPoll,
} from '@perdure/ports';

export type AskedPoll =
  | { readonly kind: 'workflow'; readonly poll: WorkflowPoll }
  | { readonly kind: 'activity'; readonly poll: ActivityPoll };

/** What a poll needs of its node. */
export interface PollPlaces {
  nodeOf(queue: QueueName): string;
  /** Parks at the node; exactly one of the two is called, in a later turn. */
  parkAt(
    node: string,
    asked: AskedPoll,
    outcome: (outcome: RemotePollOutcome) => void,
    lost: () => void,
  ): PollTicket;
  /** Calls `parkAgain` after a pause, or when queues have moved. */
  parkLater(poll: RoutedPoll): void;
  giveBack(offer: TaskOffer, pollRequestId: string): void;
  ended(poll: RoutedPoll): void;
}

/**
 * parked   at its place
 * moving   at its old place, which was asked to end it
 * pausing  nowhere: its place was lost, or knew no better
 * ending   its time is up: whatever its place says now is the answer
 * ended    answered or cancelled
 */
type Phase = 'parked' | 'moving' | 'pausing' | 'ending' | 'ended';

/** Told to move so often in a row, the poll pauses: two nodes name each other. */
const hopsMax = 2;

export class RoutedPoll implements PollTicket {
  readonly #places: PollPlaces;
  readonly #asked: AskedPoll;
  readonly #done: (outcome: PollOutcome) => void;
  #phase: Phase = 'parked';
  #node = '';
  #ticket: PollTicket | null = null;
  #hops = 0;

  constructor(places: PollPlaces, asked: AskedPoll, done: (outcome: PollOutcome) => void) {
    this.#places = places;
    this.#asked = asked;
    this.#done = done;
  }

  park(): void {
    this.#parkAt(this.#place());
  }

  cancel(): void {
    const ticket = this.#phase === 'pausing' ? null : this.#ticket;
    if (!this.#end()) return;
    ticket?.cancel();
  }

  expire(): void {
    switch (this.#phase) {
      case 'parked':
        this.#phase = 'ending';
        this.#ticket?.expire();
        break;
      case 'moving':
        this.#phase = 'ending';
        break;
      case 'pausing':
        this.#answer({ kind: 'empty' });
        break;
      case 'ending':
      case 'ended':
        break;
    }
  }

  /** Queues have moved. */
  placesChanged(): void {
    if (this.#phase !== 'parked' || this.#place() === this.#node) return;
    this.#phase = 'moving';
    this.#ticket?.expire();
  }

  /** The pause is over. */
  parkAgain(): void {
    if (this.#phase === 'pausing') this.park();
  }

  #place(): string {
    const { kind, poll } = this.#asked;
    return this.#places.nodeOf({ namespaceId: poll.namespaceId, kind, name: poll.queue });
  }

  #parkAt(node: string): void {
    this.#phase = 'parked';
    this.#node = node;
    const { pollRequestId } = this.#asked.poll;
    this.#ticket = this.#places.parkAt(
      node,
      this.#asked,
      (outcome) => {
        if (this.#phase === 'ended') {
          if (outcome.kind === 'task') this.#places.giveBack(outcome.offer, pollRequestId);
        } else this.#came(outcome);
      },
      () => this.#lost(),
    );
  }

  #came(outcome: RemotePollOutcome): void {
    switch (outcome.kind) {
      case 'task':
        this.#answer(outcome);
        break;
      case 'moved':
        if (this.#phase === 'ending') this.#answer({ kind: 'empty' });
        else this.#follow(outcome.node);
        break;
      case 'empty':
        if (this.#phase === 'moving') this.park();
        else this.#answer(outcome);
        break;
    }
  }

  /** To the place known here, if it is another than the one that sent it away; else where it was sent. */
  #follow(sentTo: string): void {
    const known = this.#place();
    const node = known === this.#node ? sentTo : known;
    this.#hops += 1;
    if (node === this.#node || this.#hops > hopsMax) this.#pause();
    else this.#parkAt(node);
  }

  #lost(): void {
    if (this.#phase === 'ending') this.#answer({ kind: 'empty' });
    else if (this.#phase !== 'ended') this.#pause();
  }

  #pause(): void {
    this.#phase = 'pausing';
    this.#hops = 0;
    this.#places.parkLater(this);
  }

  #answer(outcome: PollOutcome): void {
    if (this.#end()) this.#done(outcome);
  }

  #end(): boolean {
    if (this.#phase === 'ended') return false;
    this.#phase = 'ended';
    this.#ticket = null;
    this.#places.ended(this);
    return true;
  }
}
