// A simulated group assignment: which node should own which LogPartition, as the members of a group are told.
//
// P1. A process that calls becomes a member, and stays one while it is heard: it calls every half second. One that was not
//     heard for its session time-out of 3 to 10 s, because it died, froze or was cut off, is given up; when it is heard
//     again it joins again.
// P2. Each change of the members is a new generation, the same for all: balanced by weight, moving as little as that allows.
// P3. A member may hear of a generation late or never; it never hears of one after a later one. It may be told a generation
//     in which it owns what the others of that generation do not give it.
// P4. A member that is gone may stay named for long (a ghost), and one that is well may be given up and not heard for a while.
// P5. Two processes may be members under one name. Each has its share, and each takes for its own what the name owns.

import type { Assignment, ClusterMember, Placement } from '@perdure/ports';
import type { Agenda, AgendaEntry, Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Trace } from '../trace.ts';
import { assignPartitions } from './balanced-assignment.ts';
import { nodeOf } from './kafka-requests.ts';
import { PlacementPort } from './placement-port.ts';
import type { Strikes } from './strikes.ts';

interface Member {
  readonly id: number;
  readonly port: PlacementPort;
  readonly self: ClusterMember;
  /** Newest generation that is on its way to it, or was told, or is kept from it. */
  sent: number;
  /** Given up when this comes. */
  expiry: AgendaEntry;
  ghost: boolean;
}

const usualUs = { session: [3e6, 10e6], settle: [50_000, 500_000], tell: [1_000, 60_000] } as const;

export class SimulatedPlacement {
  /** Every generation there was. */
  readonly generations: Assignment[] = [];
  readonly #agenda: Agenda;
  readonly #strikes: Strikes;
  readonly #trace: Trace;
  readonly #chance: Chance;
  readonly #partitions: number;
  readonly #reaches: (node: string) => boolean;
  readonly #members = new Map<PlacementPort, Member>();
  /** How long after its generation the member before was told. */
  #toldUs = 0;
  /** Who is not heard before that time. */
  readonly #unheard = new Map<PlacementPort, number>();
  readonly #wereMembers = new Set<PlacementPort>();
  #owners: readonly (number | null)[] = [];
  #joined = 0;
  #changing = false;

  constructor(options: {
    readonly agenda: Agenda;
    readonly strikes: Strikes;
    readonly trace: Trace;
    readonly seed: number;
    readonly partitions: number;
    /** Whether the group and the node hear each other. */
    readonly reaches: (node: string) => boolean;
  }) {
    this.#agenda = options.agenda;
    this.#strikes = options.strikes;
    this.#trace = options.trace;
    this.#chance = Chance.of(options.seed, 'placement');
    this.#partitions = options.partitions;
    this.#reaches = options.reaches;
  }

  /** As a process has it. */
  portFor(host: Host): Placement {
    return new PlacementPort(this.#agenda, host, this);
  }

  /** Names of the members, those of processes that are gone and not given up too. */
  get names(): string[] {
    return [...this.#members.values()].map(({ self }) => self.name);
  }

  /** Called by the port of a process that wants to be a member, again and again (P1). */
  heard(port: PlacementPort, self: ClusterMember): void {
    if (!this.#reaches(nodeOf(port.host))) return;
    if ((this.#unheard.get(port) ?? 0) > this.#agenda.nowUs) return;
    const member = this.#members.get(port);
    if (member === undefined) {
      this.#join(port, self);
      return;
    }
    this.#agenda.cancel(member.expiry);
    member.ghost = false;
    member.expiry = this.#expires(member);
    const newest = this.generations.at(-1);
    if (newest !== undefined && member.sent < newest.generation) this.#tell(member, newest);
  }

  left(port: PlacementPort): void {
    if (this.#reaches(nodeOf(port.host))) this.#remove(port, 'leaves');
  }

  /** P4: a member that is well is given up, and not heard for that long. Nothing when there is none. */
  expelAlive(chance: Chance, unheardUs: number): void {
    const well = [...this.#members.values()].filter(({ port }) => port.host.state === 'running');
    if (well.length === 0) return;
    const { port } = chance.pick(well);
    this.#strikes.sightings.seen('member expelled alive');
    this.#unheard.set(port, this.#agenda.nowUs + unheardUs);
    this.#remove(port, 'is given up though it is well');
  }

  /** Everybody hears of a generation in which nobody is a ghost and nobody is missing who calls. */
  heal(): void {
    this.#unheard.clear();
    for (const { port, ghost } of this.#members.values())
      if (ghost || port.host.state === 'dead') this.#remove(port, 'is no ghost any more');
    this.#changes();
  }

  #join(port: PlacementPort, self: ClusterMember): void {
    const { sightings } = this.#strikes;
    if (this.#wereMembers.has(port)) sightings.seen('member came back');
    this.#wereMembers.add(port);
    if (this.names.includes(self.name)) {
      // A process of before that was not given up yet is another thing.
      const others = [...this.#members.values()].filter((other) => other.self.name === self.name);
      if (others.some((other) => other.port.host.state !== 'dead')) sightings.seen('member twice');
    }
    const id = this.#joined++;
    const expiry = this.#agenda.after(0, null, () => undefined);
    const member: Member = { id, port, self, sent: -1, expiry, ghost: false };
    member.expiry = this.#expires(member);
    this.#members.set(port, member);
    this.#trace.note(`${self.name} joins as member ${id}`);
    this.#changes();
  }

  #expires(member: Member): AgendaEntry {
    return this.#agenda.after(this.#chance.between(...usualUs.session), null, () => {
      const { host } = member.port;
      const ghost =
        host.state === 'dead' && !member.ghost ? this.#strikes.now('placementGhost') : null;
      if (ghost !== null) {
        member.ghost = true;
        this.#strikes.sightings.seen('member is a ghost');
        const staysUs = ghost.between(10e6, 60e6);
        member.expiry = this.#agenda.after(staysUs, null, () => this.#remove(member.port, 'fades'));
        return;
      }
      this.#strikes.sightings.seen('member expelled');
      this.#remove(member.port, 'is given up');
    });
  }

  #remove(port: PlacementPort, why: string): void {
    const member = this.#members.get(port);
    if (member === undefined) return;
    this.#agenda.cancel(member.expiry);
    this.#members.delete(port);
    this.#trace.note(`member ${member.id} ${member.self.name} ${why}`);
    this.#changes();
  }

  /** P2: changes within a moment are one generation. */
  #changes(): void {
    if (this.#changing) return;
    this.#changing = true;
    this.#agenda.after(this.#chance.between(...usualUs.settle), null, () => {
      this.#changing = false;
      const members = [...this.#members.values()];
      const weighted = members.map(({ id, self }) => ({ id, weight: self.weight }));
      this.#owners = assignPartitions(this.#partitions, weighted, this.#owners);
      const nameOf = new Map(members.map(({ id, self }) => [id, self.name]));
      const assignment: Assignment = {
        generation: this.generations.length + 1,
        members: members.map(({ self }) => self).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        owners: this.#owners.map((id) => (id === null ? null : (nameOf.get(id) ?? null))),
      };
      this.generations.push(assignment);
      this.#trace.note(`generation ${assignment.generation}: ${assignment.owners.join(' ')}`);
      for (const member of members) this.#tell(member, assignment);
    });
  }

  /** P3. */
  #tell(member: Member, assignment: Assignment): void {
    const { sightings } = this.#strikes;
    const first = member.sent === -1;
    member.sent = assignment.generation;
    if (!first && this.#strikes.now('placementSkipped') !== null) {
      sightings.seen('generation skipped');
      return;
    }
    let delayUs = this.#chance.between(...usualUs.tell);
    const late = this.#strikes.now('placementLate');
    if (late !== null) {
      sightings.seen('generation told late');
      delayUs = late.between(0.5e6, 15e6);
    }
    const doubled = this.#strikes.now('placementDoubled');
    const told = doubled === null ? assignment : this.#doubled(assignment, member, doubled);
    // With somebody else in one moment: whoever both are told to own they claim at once.
    if (doubled?.happens(0.5) === true) delayUs = this.#toldUs;
    this.#toldUs = delayUs;
    this.#agenda.after(delayUs, member.port.host, () => {
      if (!this.#reaches(nodeOf(member.port.host))) {
        // It is told when it is heard again.
        member.sent = Math.min(member.sent, assignment.generation - 1);
        return;
      }
      if (!member.port.told(told)) sightings.seen('generation overtaken');
    });
  }

  #doubled(assignment: Assignment, { self }: Member, chance: Chance): Assignment {
    const owners = assignment.owners.map((owner) => (chance.happens(0.3) ? self.name : owner));
    if (owners.some((owner, index) => owner !== assignment.owners[index]))
      this.#strikes.sightings.seen('generation doubled');
    return { ...assignment, owners };
  }
}
