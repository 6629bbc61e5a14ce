// For tests: several nodes that own one LogPartition by turns or at once, each with the production take-over and pump, over
// a network that a test drives. It writes down what everybody was told.

import type { FramePosition, PendingTransition } from '@perdure/core-log';
import { type Clock, NotOwner, type Store } from '@perdure/ports';
import type { Group } from './group.ts';
import type { LogPump } from './log-pump.ts';
import { openTail, type TailTransition } from './open-tail.ts';
import { SharedLog, SharedLogPort } from './shared-log.fixture.ts';
import type { TakenOver } from './take-over.ts';

/** A clock that stands still until the test moves it. */
export interface TestClock extends Clock {
  readonly timerCount: number;
  advance(us: number): void;
  turn(): Promise<number>;
}

export type Told =
  | { readonly kind: 'durable'; readonly frame: FramePosition; readonly firstClock: number }
  | { readonly kind: 'failed'; readonly fault: Error };

export interface SentGroup {
  readonly name: string;
  readonly size: number;
  readonly life: Life;
  told: Told | null;
}

export interface WaitingCall {
  readonly kind: 'afterHead' | 'whenDurable';
  readonly life: Life;
  /** What this life had appended when the call came, and how many requests of anybody there were. */
  readonly groupsBefore: number;
  readonly requestsBefore: number;
  /** Of the log when the answer was given. */
  recordsThen: number;
  undurableThen: number;
  told: 'released' | 'failed' | null;
}

/** What may pass: the node tries again. */
export const noBroker = new Error('no broker');

/** One opening of the partition by one node. */
export class Life {
  readonly node: Node;
  readonly nonces = new Set<string>();
  readonly groups: SentGroup[] = [];
  readonly waiters: WaitingCall[] = [];
  pump: LogPump | null = null;
  taken: TakenOver | null = null;
  tail: readonly TailTransition[] = [];
  over = false;
  fenced: number[] = [];
  settled: ('landed' | 'gone')[] = [];
  constructor(node: Node) {
    this.node = node;
  }
}

export class Node {
  readonly port: SharedLogPort;
  readonly name: string;
  life: Life | null = null;
  lastTried = 0;
  constructor(log: SharedLog, name: string) {
    this.name = name;
    this.port = new SharedLogPort(log);
  }
}

export class SharedWorld {
  readonly log = new SharedLog();
  readonly clock: TestClock;
  readonly nodes: readonly Node[];
  readonly lives: Life[] = [];
  readonly troubles: unknown[] = [];
  applied: FramePosition | null = null;
  /** A call on a pump that throws when it hears, now and then: a bug of its owner. */
  throwing = false;
  #names = 0;

  constructor(clock: TestClock, nodes: number) {
    this.clock = clock;
    this.nodes = Array.from({ length: nodes }, (_, i) => new Node(this.log, `node-${i}`));
  }

  /** Begins a take-over, unless the node is or becomes the owner. */
  open(node: Node): void {
    if (node.life !== null) return;
    const life = new Life(node);
    node.life = life;
    this.lives.push(life);
    this.#open(life).catch((fault: unknown) => {
      if (!(fault instanceof NotOwner && life.over) && fault !== noBroker)
        this.troubles.push(fault);
      this.#end(life);
    });
  }

  async #open(life: Life): Promise<void> {
    const { node } = life;
    const newNonce = (): string => {
      const nonce = `${node.name}/${++this.#names}`;
      life.nonces.add(nonce);
      return nonce;
    };
    const { pump, tail } = await openTail({
      log: node.port,
      logPartition: 0,
      recordBytesMax: 1024 * 1024,
      store: { readApplied: async () => this.applied } as unknown as Store,
      clock: this.clock,
      owner: node.name,
      newId: newNonce,
      onHalt: (fault) => this.troubles.push(fault),
      onCallbackThrew: (error) => {
        if ((error as Error).message !== 'thrown by a test') this.troubles.push(error);
      },
      claim: {
        generation: 1,
        newNonce,
        lastTried: node.lastTried,
        onTried: (epoch) => {
          node.lastTried = Math.max(node.lastTried, epoch);
        },
        wanted: () => !life.over,
        pauseUs: () => 50_000 + 7_000 * this.nodes.indexOf(node),
        onAnnounced: (taken) => {
          life.taken = taken;
        },
        onFenced: (epoch) => {
          life.fenced.push(epoch);
          this.#end(life);
        },
        onUnknown: () => undefined,
        onSettled: ({ kind, ...rest }) => {
          if (kind !== 'broken')
            life.settled.push('landed' in rest && rest.landed !== null ? 'landed' : 'gone');
        },
      },
    });
    if (life.over) {
      pump.resign();
      return;
    }
    life.pump = pump;
    life.tail = tail;
  }

  #end(life: Life): void {
    life.over = true;
    if (life.node.life === life) life.node.life = null;
  }

  resign(node: Node): void {
    const { life } = node;
    if (life === null) return;
    this.#end(life);
    life.pump?.resign();
  }

  append(node: Node, size: number): SentGroup | null {
    const { life } = node;
    if (life === null || life.pump === null) return null;
    const group: SentGroup = { name: `g${++this.#names}`, size, life, told: null };
    life.groups.push(group);
    life.pump.append(this.#groupOf(group));
    return group;
  }

  #groupOf(group: SentGroup): Group {
    const run = { namespaceId: 'n', workflowId: 'w', runId: group.name };
    const transitions: PendingTransition[] = [];
    for (let version = 1; version <= group.size; version++) {
      transitions.push({ run, version, body: new Uint8Array(3) });
    }
    const tell = (told: Told): void => {
      if (group.told !== null) this.troubles.push(new Error(`${group.name} was told twice`));
      group.told = told;
      if (this.throwing) throw new Error('thrown by a test');
    };
    return {
      transitions,
      durable: (frame, firstClock) => tell({ kind: 'durable', frame, firstClock }),
      failed: (fault) => tell({ kind: 'failed', fault }),
    };
  }

  wait(node: Node, kind: WaitingCall['kind']): WaitingCall | null {
    const { life } = node;
    if (life === null || life.pump === null) return null;
    const call: WaitingCall = {
      kind,
      life,
      groupsBefore: life.groups.length,
      requestsBefore: this.log.requests.length,
      recordsThen: 0,
      undurableThen: 0,
      told: null,
    };
    life.waiters.push(call);
    const tell = (told: 'released' | 'failed'): void => {
      if (call.told !== null) this.troubles.push(new Error('a waiter was told twice'));
      call.told = told;
      call.recordsThen = this.log.records.length;
      call.undurableThen = life.groups
        .slice(0, call.groupsBefore)
        .filter((group) => group.told?.kind !== 'durable').length;
    };
    life.pump[kind]({ durable: () => tell('released'), failed: () => tell('failed') });
    return call;
  }

  /** The store has what this life knows to be durable, and the log forgets it (L8). */
  apply(life: Life, pick: number): void {
    const durable = life.groups.flatMap(({ told }) =>
      told?.kind === 'durable' ? [told.frame] : [],
    );
    const position = durable[pick % Math.max(durable.length, 1)];
    if (position === undefined || position.clock <= (this.applied?.clock ?? 0)) return;
    this.applied = position;
    void life.node.port.trim(position.offset);
  }

  /** Ends turns and lets promises go on, without time. */
  async go(): Promise<void> {
    for (let i = 0; i < 3; i++) await this.clock.turn();
  }

  /** No faults any more: everybody is answered until nobody waits. False when somebody waits for ever. */
  async heal(): Promise<boolean> {
    for (const node of this.nodes) {
      node.port.unreadable = null;
      node.port.slow = false;
      node.port.behind = 0;
      await node.port.letRead();
      this.wait(node, 'afterHead');
    }
    for (let round = 0; round < 60; round++) {
      await this.go();
      for (const { port } of this.nodes) if (port.pending !== null) await port.acknowledge();
      this.clock.advance(1_000_000);
      await this.go();
      const idle = this.nodes.every(({ port }) => port.pending === null);
      if (idle && round > 5 && this.clock.timerCount === 0) return this.#allTold();
    }
    return false;
  }

  #allTold(): boolean {
    return this.lives.every(
      ({ groups, waiters }) =>
        groups.every(({ told }) => told !== null) && waiters.every(({ told }) => told !== null),
    );
  }
}
