// The sending side of messages between runs: takes what stands in the outboxes of the runs of a LogPartition to its targets
// (X1-X3), for as long as it takes.
//
// S1. Nothing of a message is sent before the transition that brought it into its phase is durable (W3).
// S2. Of the messages of a run to one workflow id, the first without a durable answer is the only one under way (X1): the
//     next one must not arrive before it, nor before an owner to come is sure to know the answer.
// S3. Each attempt rests on an append that proved the owner not long ago (X2): when there is none, a barrier comes first.
// S4. An attempt that brings no answer that may be believed (message-attempts.ts) is followed by another one.
// S5. Keys are released when the records of their answers are durable, and a message stays until its release is (X3).
// S6. A run with messages under way stays in memory. After a take-over its wake row or the log's tail brings it back (M5).

import {
  type ExecutionState,
  type MessageAnswer,
  type Moment,
  type OutboxMessage,
  recordAnswer,
  recordReleased,
  type Transition,
} from '@perdure/core-execution';
import { type Attempt, attemptsOverUs, MessageAttempts } from '@perdure/core-shard';
import { RejectionError, type RunKey, usPerSecond } from '@perdure/kernel';
import type { DeliveryOutcome, MessageLink } from '@perdure/ports';
import type { Owner } from '../owner/owner.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import { endLane, type Lane, laneHeads, Trial } from './lane.ts';

export interface CourierOptions {
  readonly owner: Owner;
  readonly link: MessageLink;
  /** The clock of the newest append of this owner that was acknowledged, or any later moment at which nobody else can own. */
  readonly acknowledgedUs: () => number;
  /** X2: when no attempt of an owner before this one can arrive any more. */
  readonly othersOverUs: number;
  readonly onTrouble: (message: string, error: unknown, run: RunKey | null) => void;
}

/** A proof older than this is renewed before an attempt: it would leave the attempt too little of its 10 s. */
const proofUsMax = 3 * usPerSecond;
/** A call that says nothing for this long is given up: its attempt may still arrive, and its answer still counts. */
const patienceUs = 5 * usPerSecond;
/** Attempts under way at one time. */
const attemptsMax = 256;

interface RunMessages {
  handle: RunHandle;
  readonly lanes: Map<string, Lane>;
}

export class Courier {
  /** Attempts begun, those of unknown outcome, answers recorded, messages released. */
  readonly counts = { attempts: 0, unknown: 0, answers: 0, released: 0 };
  readonly #options: CourierOptions;
  readonly #runs = new Map<string, RunMessages>();
  #underWay = 0;
  /** Runs whose turn comes when there is room for an attempt. */
  readonly #waiting = new Set<RunMessages>();
  #stopped = false;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Sends nothing any more; answers that come now are left to the next owner. */
  stop(): void {
    this.#stopped = true;
    for (const { lanes } of this.#runs.values()) for (const lane of lanes.values()) endLane(lane);
    this.#runs.clear();
    this.#waiting.clear();
  }

  /** Something of the run has become durable, or it has come into memory: what of its outbox may go, goes. */
  attend(handle: RunHandle): void {
    if (this.#stopped || handle.quarantined !== null || handle.evicted) return;
    const known = this.#runs.get(handle.key);
    if (handle.state.outbox.size === 0) {
      if (known !== undefined) this.#forget(known);
      return;
    }
    const messages = known ?? { handle, lanes: new Map<string, Lane>() };
    messages.handle = handle;
    if (known === undefined) this.#runs.set(handle.key, messages);
    const heads = laneHeads(handle.state, handle.state.progress.version - handle.inFlight);
    for (const [key, lane] of messages.lanes) {
      if (heads.has(key)) continue;
      endLane(lane);
      messages.lanes.delete(key);
    }
    for (const [key, { head, released }] of heads) {
      const lane = this.#lane(messages, key);
      if (head !== null) this.#begin(messages, lane, head);
      if (released.length > 0) this.#release(messages, lane, released);
    }
  }

  #lane({ lanes }: RunMessages, key: string): Lane {
    const known = lanes.get(key);
    if (known !== undefined) return known;
    const { clock } = this.#options.owner;
    const attempts = new MessageAttempts(this.#options.othersOverUs);
    const lane = { head: '', attempts, delivery: new Trial(clock), release: new Trial(clock) };
    lanes.set(key, lane);
    return lane;
  }

  #forget(messages: RunMessages): void {
    for (const lane of messages.lanes.values()) endLane(lane);
    this.#waiting.delete(messages);
    this.#runs.delete(messages.handle.key);
  }

  /** The message is the one of its lane that may be under way (S2). */
  #begin(messages: RunMessages, lane: Lane, message: OutboxMessage): void {
    if (lane.head !== message.id) {
      lane.head = message.id;
      lane.attempts = new MessageAttempts(this.#options.othersOverUs);
      lane.delivery.reset();
    }
    if (lane.delivery.busy) return;
    if (this.#underWay >= attemptsMax) {
      this.#waiting.add(messages);
      return;
    }
    lane.delivery.busy = true;
    this.#underWay += 1;
    this.#attempt(messages, lane, message).catch((error: unknown) => {
      const { run } = messages.handle.state;
      this.#options.onTrouble('a message to another run could not be sent', error, run);
    });
  }

  async #attempt(messages: RunMessages, lane: Lane, message: OutboxMessage): Promise<void> {
    const { acknowledgedUs, link, owner } = this.#options;
    const { clock } = owner;
    const { attempts } = lane;
    let over = false;
    const end = (): void => {
      if (!over) this.#ended();
      over = true;
    };
    const again = (notBeforeUs = 0): void => {
      const stands = !this.#stopped && lane.head === message.id;
      if (stands) lane.delivery.again(() => this.attend(messages.handle), notBeforeUs);
    };
    try {
      // S3.
      if (clock.nowUs() - acknowledgedUs() > proofUsMax) await owner.afterHead();
    } catch {
      end();
      again();
      return;
    }
    // Meanwhile the answer to an earlier attempt may have come, or the run been set aside.
    if (this.#stopped || lane.head !== message.id || messages.handle.quarantined !== null) {
      end();
      again();
      return;
    }
    const attempt = attempts.begin(clock.nowUs(), acknowledgedUs());
    this.counts.attempts += 1;
    const patience = clock.after(patienceUs, () => {
      end();
      again();
    });
    let outcome: DeliveryOutcome | null = null;
    try {
      const { expiresAtUs } = attempt;
      outcome = await link.deliver({ message: carried(message), expiresAtUs });
    } catch {
      // S4: the attempt may have been carried out, or will be; so it counts among those that may still arrive.
      this.counts.unknown += 1;
    }
    patience.cancel();
    end();
    if (this.#believed(attempts, attempt, outcome)) {
      if (!this.#answered(messages, message.id, outcome.answer)) again();
    } else if (attempt.number === attempts.count) {
      again(outcome?.kind === 'answered' ? attempts.trustedAfterUs + 1 : 0);
    }
  }

  #believed(
    attempts: MessageAttempts,
    attempt: Attempt,
    outcome: DeliveryOutcome | null,
  ): outcome is DeliveryOutcome & { kind: 'answered' } {
    return outcome?.kind === 'answered' && attempts.believes(attempt, outcome.answer);
  }

  /** There is room for another attempt. */
  #ended(): void {
    this.#underWay -= 1;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.attend(next.handle);
  }

  /** False: the answer could not be recorded, or has been. */
  #answered(messages: RunMessages, id: string, answer: MessageAnswer): boolean {
    const recorded = this.#change(messages, (state, at) =>
      recordAnswer(state, { id, answer, ...at }),
    );
    if (recorded) this.counts.answers += 1;
    return recorded;
  }

  /** S5. */
  #release(messages: RunMessages, lane: Lane, messageIds: readonly string[]): void {
    if (lane.release.busy) return;
    lane.release.busy = true;
    const { acknowledgedUs, link, owner } = this.#options;
    const { namespaceId, workflowId } = messages.handle.state.outbox.get(
      messageIds[0] ?? '',
    ) as OutboxMessage;
    const keptUntilUs = attemptsOverUs(acknowledgedUs());
    let over = false;
    const failed = (): void => {
      if (over || this.#stopped) return;
      over = true;
      lane.release.again(() => this.attend(messages.handle));
    };
    const patience = owner.clock.after(patienceUs, failed);
    const release = { namespaceId, workflowId, messageIds, keptUntilUs };
    link.release(release).then(
      () => {
        patience.cancel();
        // One that was given up has been followed by another one, which is under way or has succeeded.
        if (!over) lane.release.reset();
        over = true;
        const gone = this.#change(messages, (state, at) =>
          recordReleased(state, { ids: messageIds, ...at }),
        );
        if (gone) this.counts.released += messageIds.length;
      },
      () => {
        patience.cancel();
        failed();
      },
    );
  }

  /** Commits what is decided on the run. False: there was nothing to do, or the run is set aside. */
  #change(
    { handle }: RunMessages,
    decision: (state: ExecutionState, at: Moment) => Transition | null,
  ): boolean {
    const { onTrouble, owner } = this.#options;
    if (this.#stopped || handle.quarantined !== null || handle.evicted) return false;
    try {
      const transition = owner.decide(handle, decision);
      if (transition === null) return false;
      owner.commit([{ handle, entry: null, transition }]);
      return true;
    } catch (error) {
      // `decide` has quarantined the run and told of it.
      if (!(error instanceof RejectionError)) throw error;
      onTrouble('the answer to a message could not be recorded', error, handle.state.run);
      return false;
    }
  }
}

/** The message without what only its sender has to know. */
function carried({ body, id, kind, namespaceId, runId, workflowId }: OutboxMessage) {
  return { id, kind, namespaceId, workflowId, runId, body };
}
