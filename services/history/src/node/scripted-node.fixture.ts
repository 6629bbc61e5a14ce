// For tests: node `b` of a ring of three, with four LogPartitions, whose group, clock and neighbours the test moves.

import { PartitionMap } from '@perdure/core-shard';
import type { Assignment, ClusterMember } from '@perdure/ports';
import type { TestClock } from '../log/shared-world.fixture.ts';
import { HistoryNode } from './history-node.ts';
import { scriptedHistory } from './scripted-host.fixture.ts';
import { MovableClock, ScriptedPlacement } from './scripted-placement.fixture.ts';

const ring = ['a', 'b', 'c'];

export function assignment(
  generation: number,
  owners: readonly (string | null)[],
  names: readonly string[] = ring,
): Assignment {
  return { generation, members: names.map(member), owners };
}

function member(name: string): ClusterMember {
  return { name, address: name, weight: 1 };
}

export class ScriptedNode {
  /** Turns and timers. */
  readonly manual: TestClock;
  readonly clock: MovableClock;
  readonly placement = new ScriptedPlacement();
  readonly node: HistoryNode;
  /** What was heard, in order. */
  seen: string[] = [];
  /** LogPartitions that were opened, in order. */
  readonly opened: number[] = [];
  /** Nodes that answer. */
  readonly alive = new Set(ring);
  readonly asked: string[] = [];

  constructor(manual: TestClock) {
    this.manual = manual;
    this.clock = new MovableClock(manual);
    const heard = (what: string): void => {
      this.seen.push(what);
    };
    this.node = new HistoryNode({
      self: member('b'),
      map: new PartitionMap(4),
      clock: this.clock,
      moveClock: (us) => {
        heard(`clock moved ${us / 1_000}`);
        this.clock.movedUs += us;
      },
      placement: this.placement,
      newId: () => 'id',
      draw: () => 0,
      open: async ({ logPartition }) => {
        this.opened.push(logPartition);
        return scriptedHistory(`h${logPartition}`, (what) => {
          if (what.startsWith('stop')) heard(what);
        });
      },
      ping: async (name) => {
        this.asked.push(name);
        if (!this.alive.has(name)) throw new Error('no answer');
      },
      events: {
        serving: () => undefined,
        lost: () => undefined,
        halted: () => undefined,
        trouble: (_partition, message) => heard(message),
        assigned: ({ generation }) => heard(`generation ${generation}`),
        clockOff: (aheadUs) => heard(`brokers ahead by ${aheadUs / 1_000}`),
        suspected: (name) => heard(`suspected ${name}`),
      },
    });
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      this.manual.advance(Math.min(left, 100) * 1_000);
      await this.manual.turn();
    }
  }

  async started(owners: readonly (string | null)[]): Promise<void> {
    this.placement.next = assignment(1, owners);
    await this.node.start();
    await this.pass(1);
    this.seen = [];
  }

  suspicions(): string[] {
    return this.seen.filter((line) => line.startsWith('suspected'));
  }

  /** The broker says that this node is behind by so much; negative: ahead. */
  brokerAhead(ms: number, broker = '1'): void {
    const nowUs = this.clock.nowUs();
    const times = { sentUs: nowUs, stampUs: nowUs + ms * 1_000, receivedUs: nowUs };
    this.node.brokerTime({ broker, ...times });
  }
}
