// Placement by a consumer group of Kafka: the group's leader assigns the LogPartitions to its members (assign-partitions.ts).
// No topic is read: the group's own calls are enough, without the fetching of a consumer.
//
// M1. A hint (L4): a member that lost its connection goes on with what it was told last.
// M2. Membership outlives every fault of a call: the member joins again, with what it holds, until it leaves.
// M3. A member leaves by a connection of its own: a call to join holds up all others behind it until the group is complete.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Assignment, ClusterMember, Placement } from '@perdure/ports';
import type { BrokerCalls } from './cluster-calls.ts';
import { decodeAssignment, encodeAssignments, encodeMember, wordsOf } from './group-bytes.ts';
import { ioFault } from './io-fault.ts';
import { KafkaLine, type LineOptions } from './kafka-line.ts';

export interface KafkaPlacementOptions extends LineOptions {
  /** The group's id. */
  readonly group: string;
  /** The log's topic: Kafka's tools show its partitions as those of the members. */
  readonly topic: string;
  readonly partitionCount: number;
  /** A member that was silent for so long is taken for dead. Not below the brokers' group.min.session.timeout.ms. Default 6,000. */
  readonly sessionTimeoutMs?: number;
  /** How often a member says that it lives, and learns that others came or went. Default 500. */
  readonly heartbeatMs?: number;
  /** How long to wait for the first assignment. Default 30,000. */
  readonly joinTimeoutMs?: number;
  /** Told of faults after which the member joins again. */
  readonly onFault?: (fault: Error) => void;
}

interface Membership {
  readonly self: ClusterMember;
  readonly listener: (assignment: Assignment) => void;
  readonly line: KafkaLine;
  readonly told: PromiseWithResolvers<void>;
  /** Settles when the member leaves. */
  readonly left: PromiseWithResolvers<void>;
  hasLeft: boolean;
  /** Kafka's names for it; empty and 0 before it joined. */
  memberId: string;
  kafkaGeneration: number;
  coordinator: BrokerCalls | null;
}

const retryMs = 200;
const protocolName = 'perdure-weighted-sticky';

export class KafkaPlacement implements Placement {
  readonly #options: KafkaPlacementOptions;
  #membership: Membership | null = null;
  #last: Assignment | null = null;

  constructor(options: KafkaPlacementOptions) {
    this.#options = options;
  }

  async join(self: ClusterMember, listener: (assignment: Assignment) => void): Promise<void> {
    if (this.#membership !== null) throw new Error('a member joins once, until it leaves');
    const membership: Membership = {
      self,
      listener,
      line: new KafkaLine(this.#options),
      told: Promise.withResolvers(),
      left: Promise.withResolvers(),
      hasLeft: false,
      memberId: '',
      kafkaGeneration: 0,
      coordinator: null,
    };
    this.#membership = membership;
    void this.#stayMember(membership);
    const { joinTimeoutMs = 30_000, group } = this.#options;
    const late = sleep(joinTimeoutMs, undefined, { ref: false });
    const first = await Promise.race([
      membership.told.promise.then(() => 'told'),
      membership.left.promise.then(() => 'the member left'),
      late.then(() => `no assignment in ${joinTimeoutMs} ms`),
    ]);
    if (first === 'told') return;
    if (this.#membership === membership) await this.leave();
    throw ioFault(`join group ${group}`, new Error(first));
  }

  async leave(): Promise<void> {
    const membership = this.#membership;
    if (membership === null) return;
    this.#membership = null;
    membership.hasLeft = true;
    membership.left.resolve();
    const { memberId } = membership;
    const line = new KafkaLine(this.#options);
    const say = async (): Promise<void> => {
      const { group: groupId } = this.#options;
      await line.open();
      const coordinator = await line.coordinator(groupId);
      await line.ask(coordinator, (broker) => broker.leaveGroup({ groupId, memberId }));
    };
    // What could not be said, the end of the session says later.
    if (memberId !== '') await say().catch((error: unknown) => this.#tellFault('leave', error));
    await Promise.allSettled([line.close(), membership.line.close()]);
  }

  /** Never rejects. */
  async #stayMember(membership: Membership): Promise<void> {
    while (!membership.hasLeft) {
      try {
        await this.#joinOnce(membership);
        for (;;) {
          await this.#pause(membership, this.#options.heartbeatMs ?? 500);
          if (membership.hasLeft) return;
          await this.#beat(membership);
        }
      } catch (error) {
        if (!membership.hasLeft) await this.#recover(membership, error);
      }
    }
  }

  async #joinOnce(membership: Membership): Promise<void> {
    const { group: groupId, topic, partitionCount, sessionTimeoutMs = 6_000 } = this.#options;
    const { line, self } = membership;
    if (membership.coordinator === null) {
      await line.open();
      membership.coordinator = await line.coordinator(groupId);
    }
    const metadata = encodeMember(topic, wordsOf(self, this.#last));
    const joined = await line.ask(
      membership.coordinator,
      (broker) =>
        broker.joinGroup({
          groupId,
          sessionTimeout: sessionTimeoutMs,
          rebalanceTimeout: sessionTimeoutMs,
          memberId: membership.memberId,
          protocolType: 'consumer',
          groupProtocols: [{ name: protocolName, metadata }],
        }),
      // The answer waits until every member joined again, or was given up.
      2 * sessionTimeoutMs + line.requestTimeoutMs,
    );
    membership.memberId = joined.memberId;
    const { memberId, generationId } = joined;
    const isLeader = joined.leaderId === memberId;
    const groupAssignment = isLeader ? encodeAssignments(topic, partitionCount, joined) : [];
    const { memberAssignment } = await line.ask(
      membership.coordinator,
      (broker) => broker.syncGroup({ groupId, generationId, memberId, groupAssignment }),
      sessionTimeoutMs + line.requestTimeoutMs,
    );
    membership.kafkaGeneration = generationId;
    this.#tell(membership, decodeAssignment(memberAssignment));
  }

  #tell(membership: Membership, assignment: Assignment | null): void {
    if (assignment === null || membership.hasLeft) return;
    if (assignment.generation <= (this.#last?.generation ?? 0)) return;
    this.#last = assignment;
    membership.listener(assignment);
    membership.told.resolve();
  }

  async #beat({ line, coordinator, memberId, kafkaGeneration }: Membership): Promise<void> {
    if (coordinator === null) return;
    const { group: groupId } = this.#options;
    await line.ask(coordinator, (broker) =>
      broker.heartbeat({ groupId, groupGenerationId: kafkaGeneration, memberId }),
    );
  }

  /** M2. */
  async #recover(membership: Membership, error: unknown): Promise<void> {
    const { type } = error as { type?: string };
    // Others came or went: nothing is wrong.
    if (type === 'REBALANCE_IN_PROGRESS') return;
    // The group gave this member up; it is a new one now.
    if (type === 'UNKNOWN_MEMBER_ID') membership.memberId = '';
    else if (type !== 'ILLEGAL_GENERATION') membership.coordinator = null;
    this.#tellFault('stay a member', error);
    await this.#pause(membership, retryMs);
  }

  #tellFault(what: string, error: unknown): void {
    this.#options.onFault?.(ioFault(`${what} of group ${this.#options.group}`, error));
  }

  async #pause(membership: Membership, ms: number): Promise<void> {
    const given = new AbortController();
    const { signal } = given;
    const waited = sleep(ms, undefined, { signal }).catch(() => 'left');
    await Promise.race([waited, membership.left.promise]);
    given.abort();
  }
}
