// Two workflow ids that exchange messages through logs and a network, as pure data: owners that die, freeze and are replaced,
// attempts and answers that are lost, doubled and late. What the services do with timers and streams is done here by steps.
//
// The network keeps what was sent for up to a minute, and takes it from owners that no longer own. Clocks of owners differ
// by up to a second (L10).

import {
  answeredDelta,
  defaultRunLimits,
  type ExecutionState,
  laneOf,
  type Message,
  type MessageAnswer,
  type Moment,
  OutboxPhase,
  receiveMessage,
  recordAnswer,
  recordReleased,
  sendProbes,
  startRun,
  terminate,
} from '@perdure/core-execution';
import { noBytes, usPerSecond } from '@perdure/kernel';
import { rpcCodec } from '@perdure/wire';
import type { DedupKeys } from './dedup.ts';
import { judgeArrival } from './message-arrival.ts';
import { type Attempt, attemptsOverUs, MessageAttempts } from './message-attempts.ts';
import { type Entry, ModelOwner } from './model-owner.fixture.ts';

const starts = rpcCodec('StartWorkflowExecution').request;
const limits = defaultRunLimits;

interface InFlight {
  readonly arrivesUs: number;
  readonly arrive: () => void;
}

export interface WorldStep {
  readonly kind:
    | 'send'
    | 'attempt'
    | 'acknowledge'
    | 'release'
    | 'replaceSender'
    | 'replaceReceiver'
    | 'startTarget'
    | 'endTarget'
    | 'endSender'
    | 'pass';
  readonly pick: number;
  /** What the network does with each of the next messages, in turn. */
  readonly fates: readonly ('arrives' | 'lost' | 'doubled' | 'late')[];
}

export class MessageWorld {
  nowUs = 1_000_000 * usPerSecond;
  readonly sent: { readonly id: string; readonly text: string }[] = [];
  readonly #logs = { sender: [] as Entry[], target: [] as Entry[] };
  /** The owner that owns comes last; those before it do not know that they do not any more. */
  readonly #senders: ModelOwner[];
  #receiver: ModelOwner;
  #network: InFlight[] = [];
  #fates: readonly WorldStep['fates'][number][] = [];
  #runs = 0;
  /** The receiver of a world that cannot log "no" still has to be answered for (T3). */
  readonly #logsNegatives: boolean;

  constructor(logsNegatives: boolean) {
    this.#logsNegatives = logsNegatives;
    const first = new ModelOwner('sender', [], 0, this.nowUs);
    this.#begin(first, 'sender', 's1');
    first.acknowledge(this.#logs.sender, this.nowUs);
    this.#senders = [first];
    this.#receiver = new ModelOwner('target', [], 0, this.nowUs);
  }

  get #sender(): ModelOwner {
    return this.#senders.at(-1) as ModelOwner;
  }

  get senderState(): ExecutionState {
    return this.#sender.runs.get('s1') as ExecutionState;
  }

  /** Of every run of the target, what it was told, in its order. */
  get targetRuns(): readonly ExecutionState[] {
    return [...this.#receiver.runs.values()];
  }

  get targetKeys(): DedupKeys {
    return this.#receiver.keys;
  }

  take({ fates, kind, pick }: WorldStep): void {
    this.#fates = fates;
    const senders = this.#senders;
    // Often the owner that owns, sometimes one that does not know that it does not.
    const sender = pick % 3 === 0 ? (senders[pick % senders.length] as ModelOwner) : this.#sender;
    switch (kind) {
      case 'send':
        return this.#send(pick);
      case 'attempt':
        return this.#attempt(sender);
      case 'acknowledge':
        if (pick % 2 === 0) this.#sender.acknowledge(this.#logs.sender, this.#time(this.#sender));
        else this.#receiver.acknowledge(this.#logs.target, this.#time(this.#receiver));
        return;
      case 'release':
        return this.#release(sender);
      case 'replaceSender':
        senders.push(new ModelOwner('sender', this.#logs.sender, skewOf(pick), this.nowUs));
        return;
      case 'replaceReceiver':
        this.#receiver = new ModelOwner('target', this.#logs.target, skewOf(pick), this.nowUs);
        return;
      case 'startTarget':
        return this.#startTarget();
      case 'endTarget':
        return this.#end(this.#receiver, this.#receiver.currentRunId);
      case 'endSender':
        return pick % 4 === 0 ? this.#end(this.#sender, 's1') : undefined;
      case 'pass':
        return this.#pass([0.01, 0.3, 2, 5, 12][pick % 5] ?? 1);
    }
  }

  /** The network heals, one owner on each side is left, and all that is under way comes to its end. */
  settle(): void {
    this.#senders.splice(0, this.#senders.length - 1);
    for (let round = 0; round < 200 && this.senderState.outbox.size > 0; round++) {
      this.#fates = [];
      this.#sender.acknowledge(this.#logs.sender, this.#time(this.#sender));
      if (this.#time(this.#sender) > this.#sender.patientUntilUs) this.#attempt(this.#sender);
      this.#release(this.#sender);
      this.#pass(0.5);
      this.#receiver.acknowledge(this.#logs.target, this.#time(this.#receiver));
      this.#pass(0.5);
    }
    // What is still on its way from long ago arrives after everybody has forgotten it.
    this.#pass(120);
    this.#receiver.acknowledge(this.#logs.target, this.#time(this.#receiver));
    this.#receiver = new ModelOwner('target', this.#logs.target, 0, this.nowUs);
  }

  #time({ skewUs }: ModelOwner): number {
    return this.nowUs + skewUs;
  }

  #moment(owner: ModelOwner): Moment {
    return { nowUs: this.#time(owner), limits };
  }

  #begin(owner: ModelOwner, workflowId: string, runId: string): void {
    const run = { namespaceId: 'n', workflowId, runId };
    const request = starts.decode(starts.encode({ taskQueue: { name: 'queue' } }));
    const at = this.#moment(owner);
    const { transition } = startRun({ run, request, requestId: runId, keys: [], ...at });
    owner.commit(runId, transition, at.nowUs);
  }

  #startTarget(): void {
    const { currentRunId, runs } = this.#receiver;
    if (runs.get(currentRunId)?.progress.status === 1) return;
    this.#runs += 1;
    this.#begin(this.#receiver, 'target', `t${this.#runs}`);
  }

  #end(owner: ModelOwner, runId: string): void {
    const state = owner.runs.get(runId);
    if (state?.progress.status !== 1) return;
    const at = this.#moment(owner);
    const decision = terminate(state, { reason: '', details: noBytes, identity: '', ...at });
    if (decision.ok && decision.transition) owner.commit(runId, decision.transition, at.nowUs);
  }

  #send(pick: number): void {
    const owner = this.#sender;
    const state = this.senderState;
    const target = { namespaceId: 'n', workflowId: 'target', runId: '' };
    const to = Array.from({ length: 1 + (pick % 3) }, () => ({ target, text: String(pick) }));
    const decision = sendProbes(state, { to, ...this.#moment(owner) });
    if (!decision.ok || decision.transition === null) return;
    const { value, transition } = decision;
    owner.commit('s1', transition, this.#time(owner), () => {
      for (const [at, id] of value.entries()) this.sent.push({ id, text: to[at]?.text ?? '' });
    });
  }

  /** An attempt at the first message of the lane that is not answered, once all before it are, durably. */
  #attempt(owner: ModelOwner): void {
    const state = owner.runs.get('s1') as ExecutionState;
    const lanes = new Set<string>();
    for (const message of state.outbox.values()) {
      const lane = laneOf(message);
      if (lanes.has(lane)) continue;
      const isDurable = message.version <= owner.durableVersion('s1');
      if (message.phase === OutboxPhase.Releasing && isDurable) continue;
      lanes.add(lane);
      if (!isDurable) continue;
      const attempts = owner.attempts.get(message.id) ?? new MessageAttempts(owner.othersOverUs);
      owner.attempts.set(message.id, attempts);
      const attempt = attempts.begin(this.#time(owner), owner.acknowledgedUs);
      this.#post(() => this.#arrive(owner, message, attempt), this.#logsNegatives);
    }
  }

  /** At the target. Its answer is on its way when what it rests on is durable. */
  #arrive(from: ModelOwner, message: Message, attempt: Attempt): void {
    const owner = this.#receiver;
    const nowUs = this.#time(owner);
    const { expiresAtUs } = attempt;
    const arrival = judgeArrival(owner.keys, { messageId: message.id, expiresAtUs }, nowUs);
    const answer = (given: MessageAnswer): void =>
      this.#post(() => this.#answered(from, message, attempt, given), true);
    if (arrival.kind === 'expired') return;
    if (arrival.kind === 'repeat') {
      owner.afterHead(() => answer(arrival.answer));
      return;
    }
    const state = owner.runs.get(owner.currentRunId) ?? null;
    const reception = receiveMessage(state, message, this.#moment(owner));
    if (reception.kind === 'notNow') return;
    const said = reception.answer;
    if (reception.kind === 'taken') {
      owner.commit(owner.currentRunId, reception.transition, nowUs, () => answer(said));
    } else if (this.#logsNegatives) {
      owner.commit('', answeredDelta(message.id, said), nowUs, () => answer(said));
    } else owner.afterHead(() => answer(said));
  }

  #answered(owner: ModelOwner, message: Message, attempt: Attempt, answer: MessageAnswer): void {
    const attempts = owner.attempts.get(message.id);
    if (attempts === undefined) return;
    if (!attempts.believes(attempt, answer)) {
      owner.patientUntilUs = attempts.trustedAfterUs;
      return;
    }
    const state = owner.runs.get('s1') as ExecutionState;
    const transition = recordAnswer(state, { id: message.id, answer, ...this.#moment(owner) });
    if (transition !== null) owner.commit('s1', transition, this.#time(owner));
  }

  #release(owner: ModelOwner): void {
    const state = owner.runs.get('s1') as ExecutionState;
    const ids = [...state.outbox.values()]
      .filter(({ phase }) => phase === OutboxPhase.Releasing)
      .filter(({ version }) => version <= owner.durableVersion('s1'))
      .map(({ id }) => id);
    if (ids.length === 0) return;
    const keptUntilUs = attemptsOverUs(owner.acknowledgedUs);
    this.#post(() => {
      const receiver = this.#receiver;
      const keys = receiver.keys.released(ids, keptUntilUs);
      const told = (): void => this.#post(() => this.#letGo(owner, ids), true);
      const delta = { makesCurrent: false, keys };
      if (keys.length === 0) receiver.afterHead(told);
      else receiver.commit('', delta, this.#time(receiver), told);
    }, true);
  }

  #letGo(owner: ModelOwner, ids: readonly string[]): void {
    const state = owner.runs.get('s1') as ExecutionState;
    const transition = recordReleased(state, { ids, ...this.#moment(owner) });
    if (transition !== null) owner.commit('s1', transition, this.#time(owner));
  }

  #post(arrive: () => void, mayDouble: boolean): void {
    const [fate = 'arrives', ...rest] = this.#fates;
    this.#fates = rest;
    const after = (seconds: number): void => {
      this.#network.push({ arrivesUs: this.nowUs + seconds * usPerSecond, arrive });
    };
    if (fate === 'arrives' || fate === 'doubled') after(0.002);
    if (fate === 'doubled' && mayDouble) after(1 + rest.length * 4);
    if (fate === 'late') after(3 + rest.length * 7);
  }

  #pass(seconds: number): void {
    const untilUs = this.nowUs + seconds * usPerSecond;
    for (;;) {
      const due = this.#network.filter(({ arrivesUs }) => arrivesUs <= untilUs);
      const next = due.toSorted((a, b) => a.arrivesUs - b.arrivesUs)[0];
      if (next === undefined) break;
      this.#network = this.#network.filter((each) => each !== next);
      this.nowUs = Math.max(this.nowUs, next.arrivesUs);
      next.arrive();
    }
    this.nowUs = untilUs;
  }
}

function skewOf(pick: number): number {
  return (((pick * 7) % 11) - 5) * 0.1 * usPerSecond;
}
