// The history service of one node: a host for each LogPartition, led by the assignment, the silence of others, and the
// clock guard.
//
// N1. The newest assignment names who should claim (L4). One that is older than what was heard is not looked at.
// N2. Who hears nothing of an owner for 1.5 s, and stands next on the ring after it, claims its partitions; the ring is
//     the order of the members. It does so once in a silence: when the other one claims them back, only the link is cut.
//     Who stood still itself, or had its clock moved, has not listened.
// N3. A node whose clock is off (L10) gives everything up, leaves the group, moves its clock forward, and comes back. A
//     clock that is ahead cannot be moved back: the node stays away until the difference is gone. What was begun in one
//     stay is no business of the next one.

import { ClockGuard, clockOffUsMax } from '@perdure/core-log';
import type { PartitionMap } from '@perdure/core-shard';
import { usPerMs, usPerSecond } from '@perdure/kernel';
import type {
  Assignment,
  BrokerTime,
  Clock,
  ClusterMember,
  HistoryService,
  Placement,
} from '@perdure/ports';
import type { OpenedHistory } from '../history-options.ts';
import type { ClaimOptions } from '../log/open-tail.ts';
import { type OwnedPlace, placeOf } from '../owner/place.ts';
import { type HostEvents, PartitionHost } from './partition-host.ts';

export interface HistoryNodeOptions {
  readonly self: ClusterMember;
  readonly map: PartitionMap;
  readonly clock: Clock;
  /** Moves process time forward by so many µs (L10). */
  readonly moveClock: (us: number) => void;
  readonly placement: Placement;
  readonly newId: () => string;
  /** A number from 0 up to 1, drawn anew each time. */
  readonly draw: () => number;
  readonly open: (
    place: OwnedPlace,
    claim: ClaimOptions,
    onHalt: (fault: Error) => void,
  ) => Promise<OpenedHistory>;
  /** Asks another node whether it is there; rejects when it does not answer. */
  readonly ping: (node: string) => Promise<void>;
  readonly events: HostEvents & {
    assigned(assignment: Assignment): void;
    /** L10: by so many µs the brokers are ahead. */
    clockOff(aheadUs: number): void;
    suspected(node: string): void;
  };
}

const pingEveryUs = 300 * usPerMs;
/** N2. */
const silenceUsMax = 1_500 * usPerMs;
const joinAgainUs = usPerSecond;

export class HistoryNode {
  readonly #options: HistoryNodeOptions;
  readonly #hosts: readonly PartitionHost[];
  readonly #guard = new ClockGuard();
  /** When each node of the ring before this one was last heard of. */
  readonly #heardUs = new Map<string, number>();
  /** It was suspected, and has not been heard of since. */
  #suspected: string | null = null;
  #assignment: Assignment | null = null;
  #away = false;
  /** How often the node has gone away. */
  #stays = 0;
  #stopped = false;

  constructor(options: HistoryNodeOptions) {
    this.#options = options;
    const { map, clock, newId, draw, events } = options;
    this.#hosts = Array.from(
      { length: map.partitionCount },
      (_none, logPartition) =>
        new PartitionHost({
          logPartition,
          clock,
          newId,
          draw,
          events,
          open: (claim, onHalt) => options.open(placeOf(map, logPartition), claim, onHalt),
        }),
    );
  }

  get assignment(): Assignment | null {
    return this.#assignment;
  }

  /** Resolves when the node is a member; it claims by and by. */
  async start(): Promise<void> {
    await this.#join();
    this.#pingLater();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const host of this.#hosts) host.stop();
    await this.#options.placement.leave();
  }

  /** The owner, if it is here. */
  served(logPartition: number): HistoryService | null {
    return this.#hosts[logPartition]?.service ?? null;
  }

  opened(logPartition: number): OpenedHistory | null {
    return this.#hosts[logPartition]?.history ?? null;
  }

  /** Settles when a take-over by this node is over; null: there is none. */
  becoming(logPartition: number): Promise<void> | null {
    return this.#hosts[logPartition]?.opening ?? null;
  }

  /** Who should own it, as far as this node knows. */
  knownOwner(logPartition: number): string | null {
    return this.#assignment?.owners[logPartition] ?? null;
  }

  /** L10: a broker has answered. */
  brokerTime({ broker, sentUs, stampUs, receivedUs }: BrokerTime): void {
    this.#guard.sample(broker, sentUs, stampUs, receivedUs);
    const nowUs = this.#options.clock.nowUs();
    if (!this.#away && !this.#stopped && this.#guard.isOff(nowUs)) {
      this.#leave(this.#guard.aheadUs(nowUs));
    }
  }

  /** N3. */
  #leave(aheadUs: number): void {
    const { clock, placement, moveClock, events } = this.#options;
    this.#away = true;
    events.clockOff(aheadUs);
    for (const host of this.#hosts) host.giveUp();
    this.#assignment = null;
    this.#heardUs.clear();
    const stay = ++this.#stays;
    if (aheadUs > 0) moveClock(aheadUs);
    this.#guard.forget();
    const waitUs = aheadUs > 0 ? 0 : Math.max(joinAgainUs, -aheadUs - clockOffUsMax);
    placement.leave().then(
      () => clock.after(waitUs, () => this.#comeBack(stay)),
      (error: unknown) => {
        events.trouble(-1, 'the group could not be left', error);
        clock.after(waitUs, () => this.#comeBack(stay));
      },
    );
  }

  #comeBack(stay: number): void {
    if (this.#stopped || stay !== this.#stays) return;
    this.#away = false;
    this.#join().catch((error: unknown) => {
      this.#options.events.trouble(-1, 'the group could not be joined', error);
      this.#options.clock.after(joinAgainUs, () => this.#comeBack(stay));
    });
  }

  /** Who has gone away, or stopped, while it joined leaves again. */
  async #join(): Promise<void> {
    const { placement, self } = this.#options;
    const stay = this.#stays;
    const over = (): boolean => this.#stopped || stay !== this.#stays;
    await placement.join(self, (assignment) => {
      if (!over()) this.#assigned(assignment);
    });
    if (over() && (this.#stopped || this.#away)) await placement.leave();
  }

  /** N1. */
  #assigned(assignment: Assignment): void {
    if (this.#stopped || this.#away) return;
    if (assignment.generation <= (this.#assignment?.generation ?? -1)) return;
    this.#assignment = assignment;
    this.#options.events.assigned(assignment);
    const { name } = this.#options.self;
    for (const [logPartition, host] of this.#hosts.entries()) {
      host.assigned(assignment.owners[logPartition] === name, assignment.generation);
    }
  }

  /** N2: the node that stands before this one on the ring. */
  #watched(): string | null {
    const names = (this.#assignment?.members ?? []).map(({ name }) => name);
    const at = names.indexOf(this.#options.self.name);
    if (at < 0 || names.length < 2) return null;
    return names[(at + names.length - 1) % names.length] ?? null;
  }

  #pingLater(): void {
    const { clock } = this.#options;
    const beganUs = clock.nowUs();
    clock.after(pingEveryUs, () => {
      if (this.#stopped) return;
      const watched = this.#watched();
      const stoodStill = clock.nowUs() - beganUs > 2 * pingEveryUs;
      if (watched === null || stoodStill) this.#heardUs.clear();
      if (watched !== this.#suspected) this.#suspected = null;
      if (watched !== null) {
        this.#ping(watched);
        this.#judgeSilence(watched);
      }
      this.#pingLater();
    });
  }

  #ping(watched: string): void {
    const { clock, ping } = this.#options;
    ping(watched).then(
      () => {
        this.#heardUs.set(watched, clock.nowUs());
        if (this.#suspected === watched) this.#suspected = null;
      },
      () => undefined,
    );
  }

  #judgeSilence(watched: string): void {
    const { clock, events } = this.#options;
    const nowUs = clock.nowUs();
    const heardUs = this.#heardUs.get(watched);
    for (const known of this.#heardUs.keys()) if (known !== watched) this.#heardUs.delete(known);
    if (heardUs === undefined) {
      this.#heardUs.set(watched, nowUs);
      return;
    }
    if (nowUs - heardUs <= silenceUsMax || this.#suspected === watched) return;
    this.#suspected = watched;
    events.suspected(watched);
    for (const [logPartition, host] of this.#hosts.entries()) {
      if (this.knownOwner(logPartition) === watched) host.suspect();
    }
  }
}
