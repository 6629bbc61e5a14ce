// The placement as one process has it: it calls for as long as it wants to be a member, and is told of generations.

import type { Assignment, ClusterMember, Placement } from '@perdure/ports';
import type { Agenda, Host } from '../agenda.ts';

/** What hears the calls. */
interface Group {
  readonly heard: (port: PlacementPort, self: ClusterMember) => void;
  readonly left: (port: PlacementPort) => void;
}

const callsEveryUs = 500_000;
const leavesInUs = 2_000;

export class PlacementPort implements Placement {
  readonly host: Host;
  readonly #agenda: Agenda;
  readonly #group: Group;
  #newest = 0;
  #member: {
    readonly listener: (assignment: Assignment) => void;
    readonly joined: () => void;
  } | null = null;

  constructor(agenda: Agenda, host: Host, group: Group) {
    this.#agenda = agenda;
    this.host = host;
    this.#group = group;
  }

  join(self: ClusterMember, listener: (assignment: Assignment) => void): Promise<void> {
    if (this.#member !== null) throw new Error('this process has joined already');
    return new Promise((resolve) => {
      const member = { listener, joined: resolve };
      this.#member = member;
      const call = (): void => {
        if (this.#member !== member) return;
        this.#group.heard(this, self);
        this.#agenda.after(callsEveryUs, this.host, call);
      };
      this.#agenda.after(0, this.host, call);
    });
  }

  leave(): Promise<void> {
    this.#member = null;
    return new Promise((resolve) => {
      this.#agenda.after(leavesInUs, null, () => {
        // It may have joined again meanwhile.
        if (this.#member === null) this.#group.left(this);
        this.#agenda.after(leavesInUs, this.host, resolve);
      });
    });
  }

  /** False when the process was told of a later one, or does not want to know. */
  told(assignment: Assignment): boolean {
    if (this.#member === null || assignment.generation <= this.#newest) return false;
    this.#newest = assignment.generation;
    this.#member.listener(assignment);
    this.#member.joined();
    return true;
  }
}
