import { foldOf, historyRow, runKey, stateRow } from '@perdure/ports/contract/store-fixture';
import { createMemoryMetadata } from '@perdure/store-memory';
import { expect, test } from 'vitest';
import { Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import { bytes, newBackends } from './cluster-fixture.ts';
import { clusterFaultKinds, drawClusterFaults, noClusterFaults } from './cluster-plan.ts';
import { clusterStates } from './cluster-states.ts';
import { ClusterTroubles } from './cluster-troubles.ts';

const nodes = ['n1', 'n2', 'n3'];
/** Rates at which every kind strikes within a minute. */
const all = Object.fromEntries(
  clusterFaultKinds.map((kind) => [
    kind,
    kind.endsWith('EveryUs') ? 4e6 : kind.startsWith('placement') ? 0.3 : 0.1,
  ]),
);

/** Nodes that write and read what they share for a while, die and freeze. */
async function live(plan: Partial<typeof noClusterFaults>, seed: number, seconds: number) {
  const world = newBackends(plan, seed);
  const { agenda, backends, kafka, cassandra, placement, shared, strikes } = world;
  strikes.on = false;
  const full = { ...noClusterFaults, ...plan };
  const troubles = new ClusterTroubles({ agenda, seed, plan: full, backends, nodes });
  const chance = Chance.of(seed, 'nodes');
  const hosts = new Map<string, Host>();
  const kept = createMemoryMetadata();
  /** Of each run the highest clock that was acknowledged; reads that showed less than what was before them (C6). */
  const acknowledged = new Map<string, number>();
  const forgotten: string[] = [];
  const begin = (node: string, life: number): void => {
    const host = new Host(`${node}/${life}`);
    hosts.set(node, host);
    const log = kafka.portFor(host);
    const store = cassandra.portFor(host);
    const again = (happen: () => void, outcome: Promise<unknown>): void => {
      const next = (): void => void agenda.after(chance.between(0, 200_000), host, happen);
      outcome.then(next, next);
    };
    void placement.portFor(host).join({ name: node, address: host.name, weight: 1 }, () => 0);
    for (let index = 0; index < log.partitionCount; index++) {
      const at = log.partition(index);
      const write = (): void => again(write, at.append([bytes(index, chance.below(256))]));
      const read = (): void =>
        again(
          read,
          at.lowMark().then((from) => at.read(from, 1_000)),
        );
      const trim = (): void =>
        again(
          trim,
          at.endOffset().then((end) => at.trim(end - 10)),
        );
      write();
      read();
      if (index === 0) trim();
    }
    const fold = (): void => {
      const clock = Math.floor(agenda.nowUs);
      const version = Math.floor(clock % 1e9);
      const id = `w${chance.below(5)}`;
      const run = runKey(id);
      const state = bytes(version % 251);
      const history = [historyRow({ run, firstEventId: version, clock })];
      const runStates = [stateRow({ run, clock, version, state })];
      const written = store.write(foldOf({ history, runStates })).then(() => {
        acknowledged.set(id, Math.max(clock, acknowledged.get(id) ?? 0));
      });
      again(fold, written);
    };
    const load = (): void => {
      const id = `w${chance.below(5)}`;
      const least = acknowledged.get(id) ?? 0;
      const read = store.readRunState(runKey(id)).then((row) => {
        if ((row?.clock ?? 0) < least) forgotten.push(`${id} at ${least}`);
      });
      again(load, read);
    };
    const metadata = shared.portFor(host, 'metadata', kept);
    const look = (): void => again(look, metadata.list('k'));
    const change = (): void => {
      const key = `${chance.below(1e9)}`;
      again(change, metadata.change([{ kind: 'k', key, expectedVersion: 0, value: bytes(1) }]));
    };
    for (const doing of [fold, load, look, change]) doing();
  };
  for (const node of nodes) begin(node, 1);
  troubles.begin();
  for (let second = 0; second < seconds; second++) {
    const host = hosts.get(chance.pick(nodes));
    if (host?.state === 'frozen') agenda.thaw(host);
    else if (host?.state === 'running' && chance.happens(0.3)) host.state = 'frozen';
    else if (host?.state === 'running' && chance.happens(0.4)) {
      host.state = 'dead';
      const [node, life] = host.name.split('/') as [string, string];
      agenda.after(chance.between(0, 5e6), null, () => begin(node, Number(life) + 1));
    }
    await agenda.runUntil(agenda.nowUs + 1e6);
  }
  troubles.end();
  for (const host of hosts.values()) agenda.thaw(host);
  return { ...world, troubles, hosts, acknowledged, forgotten };
}

/** The others are the matter of tests of their own: twins, lost acknowledged records, a broken M1. */
const elsewhere = ['member twice', 'log lost what was acknowledged', 'row clash'];

test('with all faults every state is reached; healed, all work again and nothing acknowledged is missing', {
  timeout: 60_000,
}, async () => {
  const missing = new Set<string>(Object.keys(clusterStates));
  for (const name of elsewhere) missing.delete(name);
  for (let seed = 1; seed <= 8 && missing.size > 0; seed++) {
    const world = await live({ ...all, placementGhost: 1 }, seed, 15);
    const { kafka, cassandra, placement, hosts, seen, pass, told, acknowledged } = world;
    // All restarts that were to come.
    await pass(6e6);
    for (const host of hosts.values()) host.state = 'dead';
    await pass(12e6);
    for (const name of Object.keys(clusterStates) as (keyof typeof clusterStates)[])
      if (seen(name) > 0) missing.delete(name);
    for (let index = 0; index < 6; index++) {
      const standing = kafka.standing(index);
      for (const record of kafka.everything(index))
        if (record.acknowledgedUs !== null) expect(standing[record.offset]).toBe(record);
    }
    expect(cassandra.clashes).toEqual([]);
    expect(world.forgotten).toEqual([]);
    const host = new Host('n4/1');
    const log = kafka.portFor(host);
    for (let index = 0; index < 6; index++) {
      const end = await told(log.partition(index).append([bytes(1)]));
      expect(end).toBe(kafka.standing(index).length - 1);
    }
    const store = cassandra.portFor(host);
    for (const [id, clock] of acknowledged)
      expect((await told(store.readRunState(runKey(id))))?.clock).toBeGreaterThanOrEqual(clock);
    let members: readonly string[] = [];
    const self = { name: 'n4', address: '', weight: 1 };
    await told(
      placement.portFor(host).join(self, (assignment) => {
        members = assignment.members.map(({ name }) => name);
      }),
    );
    expect(members).toEqual(['n4']);
  }
  expect([...missing]).toEqual([]);
});

test.for([11, 12])(
  'seed %i is one world: the same trace twice',
  { timeout: 60_000 },
  async (seed) => {
    const [first, second] = [
      await live(drawClusterFaults(seed), seed, 8),
      await live(drawClusterFaults(seed), seed, 8),
    ];
    expect(second.trace.digest).toBe(first.trace.digest);
    expect([...second.troubles.counts]).toEqual([...first.troubles.counts]);
    const other = await live(drawClusterFaults(seed), seed + 100, 8);
    expect(other.trace.digest).not.toBe(first.trace.digest);
  },
);

test('plans: one world in ten has no faults, and each kind is in some', () => {
  const plans = Array.from({ length: 400 }, (_, seed) => drawClusterFaults(seed));
  const none = plans.filter((plan) => Object.values(plan).every((rate) => rate === 0)).length;
  expect(none).toBeGreaterThan(20);
  expect(none).toBeLessThan(80);
  for (const kind of clusterFaultKinds)
    expect(plans.filter((plan) => plan[kind] > 0).length).toBeGreaterThan(15);
  expect(drawClusterFaults(7)).toEqual(drawClusterFaults(7));
});
