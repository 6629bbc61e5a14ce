// A small world of what the nodes of a cluster share, for the tests of its parts. All of its faults strike from the start.

import { Agenda, Host } from '../agenda.ts';
import { Sightings } from '../sightings.ts';
import { Trace } from '../trace.ts';
import { Backends } from './backends.ts';
import { type ClusterFaultPlan, noClusterFaults } from './cluster-plan.ts';
import type { ClusterStateName } from './cluster-states.ts';
import { answered } from './promptly.ts';

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** `faults`: over a plan without any. */
export function newBackends(
  faults: Partial<ClusterFaultPlan> = {},
  seed = 1,
  { brokers = 3, logPartitions = 6 } = {},
) {
  const agenda = new Agenda(1e15);
  const trace = new Trace(() => agenda.nowUs, false);
  const sightings = new Sightings<ClusterStateName>();
  const plan = { ...noClusterFaults, ...faults };
  const backends = new Backends({
    agenda,
    trace,
    sightings,
    seed,
    plan,
    logPartitions,
    replicas: brokers,
    brokers,
  });
  backends.strikes.on = true;
  const told = <T>(answer: Promise<T>): Promise<T> => answered(agenda, answer);
  return {
    agenda,
    trace,
    backends,
    kafka: backends.kafka,
    shared: backends.shared,
    cassandra: backends.cassandra,
    placement: backends.placement,
    strikes: backends.strikes,
    told,
    /** What it resolves or rejects with. */
    outcome: (answer: Promise<unknown>): Promise<unknown> =>
      told(answer.catch((fault: unknown) => fault)),
    pass: (us: number): Promise<void> => agenda.runUntil(agenda.nowUs + us),
    seen: (name: ClusterStateName): number => sightings.counts.get(name) ?? 0,
  };
}

/** With a process that has the log, and partition 0 of it. */
export function newKafkaWorld(faults: Partial<ClusterFaultPlan> = {}, seed = 1) {
  const world = newBackends(faults, seed);
  const host = new Host('n1/1');
  const log = world.kafka.portFor(host);
  const at = log.partition(0);
  const shown = async (partition = at): Promise<number[][]> => {
    const from = await world.told(partition.lowMark());
    return (await world.told(partition.read(from, 1e6))).map((record) => [...record.bytes]);
  };
  return { ...world, host, log, at, shown };
}
