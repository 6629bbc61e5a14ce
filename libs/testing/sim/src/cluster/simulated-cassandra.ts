// A simulated Cassandra: the store of all processes of a world, on replicas that need not agree (C1-C3 beside it).
//
// C4. A fold goes in the steps of M3, each when all of the one before was acknowledged; what goes to one partition of a
//     table goes together, the partitions of a step each by itself. A fold that failed has had any part of its effect; one
//     whose process died between two steps, or froze, stays there.
// C5. A read asks a quorum of the replicas that are up and merges them cell by cell; where they differ the newest goes to
//     all that were asked before the answer. Some reads do not do that: of a write that was not acknowledged a later read
//     may then show less than an earlier one.
// C6. What was acknowledged is seen by every later read, or by none, when too few replicas are up.

import type { FoldBatch, Store } from '@perdure/ports';
import type { Agenda, AgendaEntry, Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import type { Trace } from '../trace.ts';
import { type Mutation, refuseOddNumbers, stepsOf, wakeRowRemoved } from './cassandra-cells.ts';
import { Replica } from './cassandra-replica.ts';
import { ReplicaRows } from './cassandra-rows.ts';
import { ReplicaWrites, unavailable, type WriteAnswer } from './cassandra-writes.ts';
import { nodeOf } from './kafka-requests.ts';
import type { Strikes } from './strikes.ts';

const readTimeoutUs = 2e6;
/** One process meets one failed read in this time at most. */
const readFaultsApartUs = 2e6;

export class SimulatedCassandra {
  readonly replicas: readonly Replica[];
  /** Cells of one key and clock that differ: never in a world that keeps M1. */
  readonly clashes: string[] = [];
  /** All that any process ever asked for, whatever came of it. */
  readonly written: Mutation[] = [];
  readonly #agenda: Agenda;
  readonly #strikes: Strikes;
  readonly #chance: Chance;
  readonly #writes: ReplicaWrites;

  constructor(options: {
    readonly agenda: Agenda;
    readonly strikes: Strikes;
    readonly trace: Trace;
    readonly seed: number;
    /** 1 or 3. */
    readonly replicas: number;
  }) {
    const { agenda, strikes, trace, seed } = options;
    this.#agenda = agenda;
    this.#strikes = strikes;
    this.#chance = Chance.of(seed, 'cassandra reads');
    const onClash = (clash: string): void => {
      this.#strikes.sightings.seen('row clash');
      this.clashes.push(clash);
    };
    this.replicas = Array.from(
      { length: options.replicas },
      (_, index) => new Replica(`replica ${index}`, onClash),
    );
    const { replicas } = this;
    this.#writes = new ReplicaWrites({ agenda, strikes, trace, seed, replicas });
  }

  /** As a process has it. */
  portFor(host: Host): Store {
    const read = <T>(what: (rows: ReplicaRows) => T): Promise<T> => this.#read(host, what);
    return storeOf(read, (batch) => this.#write(host, batch));
  }

  /** All there is, of whichever replicas have it, at once. Nothing can be written through it. */
  get rows(): Store {
    const read = async <T>(what: (rows: ReplicaRows) => T): Promise<T> =>
      structuredClone(what(new ReplicaRows(this.replicas)));
    return storeOf(read, () => Promise.reject(new Error('the rows can only be read here')));
  }

  /** A replica is down until `back`. */
  down(replica: number): void {
    const it = this.replicas[replica];
    if (it?.up !== true) return;
    it.up = false;
    this.#strikes.sightings.seen('row replica down');
  }

  back(replica: number): void {
    const it = this.replicas[replica];
    if (it?.up === false) this.#writes.back(it);
  }

  /** Until `rejoin`. */
  cut(node: string): void {
    this.#strikes.sightings.seen('node cut from cassandra');
    this.#writes.cuts.add(node);
  }

  rejoin(node: string): void {
    this.#writes.cuts.delete(node);
  }

  /** 1 is usual. */
  set slowness(slowness: number) {
    this.#writes.slowness = slowness;
  }

  /** Every replica is up and has all that any of them has; nothing comes late any more. */
  heal(): void {
    for (const replica of this.replicas) replica.up = true;
    this.#writes.heal();
    for (const replica of this.replicas) {
      for (const other of this.replicas) if (other !== replica) replica.copy(other);
    }
  }

  /** C4. */
  async #write(host: Host, batch: FoldBatch): Promise<void> {
    const steps = stepsOf(batch);
    for (const [index, step] of steps.entries()) {
      const answers = await Promise.all(step.map((mutation) => this.#acknowledged(host, mutation)));
      this.#throwFirst(answers, index > 0 || step.length > 1);
      if (step.some(({ table }) => table === 'states')) await this.#removeWake(host, batch);
    }
  }

  /** The wake rows of a run that is gone lie in buckets that have to be looked for. */
  async #removeWake(host: Host, { runsRemoved }: FoldBatch): Promise<void> {
    const removals = runsRemoved.map(async (removed) => {
      const { block, run } = removed;
      const buckets = await this.#read(host, (rows) => rows.wakeBucketsOf(block, run));
      const mutations = buckets.map((bucket) => wakeRowRemoved(removed, bucket));
      return Promise.all(mutations.map((mutation) => this.#acknowledged(host, mutation)));
    });
    this.#throwFirst((await Promise.all(removals)).flat(), true);
  }

  #throwFirst(answers: readonly WriteAnswer[], cutShort: boolean): void {
    const fault = answers.find((answer) => answer !== null);
    if (fault === undefined || fault === null) return;
    if (cutShort) this.#strikes.sightings.seen('row write cut short');
    throw fault;
  }

  #acknowledged(host: Host, mutation: Mutation): Promise<WriteAnswer> {
    this.written.push(mutation);
    return new Promise((resolve) => this.#writes.write(host, mutation, resolve));
  }

  /** C5. */
  #read<T>(host: Host, what: (rows: ReplicaRows) => T): Promise<T> {
    return new Promise((resolve, rejectWith) => {
      const { sightings } = this.#strikes;
      const settle = (delayUs: number, give: () => void): AgendaEntry =>
        this.#agenda.after(delayUs, host, () => {
          this.#agenda.cancel(timeout);
          give();
        });
      const fail = (delayUs: number, told: string): AgendaEntry =>
        settle(delayUs, () => rejectWith(unavailable(told)));
      const timeout: AgendaEntry = fail(readTimeoutUs, 'a read was not answered in time');
      if (this.#writes.cuts.has(nodeOf(host))) return;
      const every = { nowUs: this.#agenda.nowUs, gapUs: readFaultsApartUs };
      if (this.#strikes.spaced('cassandraUnavailable', host.name, every) !== null) {
        sightings.seen('row read refused');
        fail(this.#writes.hopUs(), 'the coordinator refused a read');
        return;
      }
      const broken = this.#strikes.spaced('cassandraReadFault', host.name, every);
      if (broken !== null) {
        sightings.seen('row read failed');
        fail(broken.between(1_000, readTimeoutUs), 'a read timed out');
        return;
      }
      this.#agenda.after(this.#writes.hopUs(), null, () => {
        const rows = this.#quorum();
        if (rows === null) {
          fail(this.#writes.hopUs(), 'too few replicas are up for a read');
          return;
        }
        const value = structuredClone(what(rows));
        settle(this.#writes.hopUs(), () => resolve(value));
      });
    });
  }

  #quorum(): ReplicaRows | null {
    const asked = this.replicas.filter(({ up }) => up);
    while (asked.length > this.#writes.quorum) asked.splice(this.#chance.below(asked.length), 1);
    if (asked.length < this.#writes.quorum) return null;
    return new ReplicaRows(asked, () => {
      this.#strikes.sightings.seen('row replicas differed');
      if (this.#strikes.now('cassandraUnrepaired') !== null) return false;
      this.#strikes.sightings.seen('row repaired by read');
      return true;
    });
  }
}

/** The store port over its rows. */
function storeOf(
  read: <T>(what: (rows: ReplicaRows) => T) => Promise<T>,
  write: (batch: FoldBatch) => Promise<void>,
): Store {
  let closed = false;
  const asked = new Set<Promise<unknown>>();
  const ask = async <T>(call: () => Promise<T>): Promise<T> => {
    if (closed) throw new Error('the store is closed');
    const answer = call();
    asked.add(answer);
    try {
      return await answer;
    } finally {
      asked.delete(answer);
    }
  };
  const rows = <T>(what: (rows: ReplicaRows) => T): Promise<T> => ask(() => read(what));
  return {
    write: (batch) =>
      ask(async () => {
        refuseOddNumbers(batch);
        return write(structuredClone(batch));
      }),
    // What was acknowledged is in the commit logs of a quorum.
    sync: () => rows(() => undefined),
    readApplied: (logPartition) => rows((all) => all.applied(logPartition)),
    readWorkflow: (namespaceId, workflowId) => rows((all) => all.workflow(namespaceId, workflowId)),
    readRunState: (run) => rows((all) => all.runState(run)),
    scanRunStates: (after, limit) => rows((all) => all.runStates(after, limit)),
    readHistory: (run, branch, from, maxBytes) =>
      rows((all) => all.history(run, branch, from, maxBytes)),
    oldestWakeBucket: (block, from = 0) => rows((all) => all.oldestWakeBucket(block, from)),
    readWake: (block, bucket, after, limit) => rows((all) => all.wake(block, bucket, after, limit)),
    readQuarantine: (limit) => rows((all) => all.quarantine(limit)),
    close: async () => {
      closed = true;
      await Promise.allSettled(asked);
    },
  };
}
