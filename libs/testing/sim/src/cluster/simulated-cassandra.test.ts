import { type FoldBatch, StoreUnavailable } from '@perdure/ports';
import {
  appliedRow,
  foldOf,
  historyRow,
  quarantineRow,
  removedRun,
  runKey,
  stateRow,
  wakeRow,
} from '@perdure/ports/contract/store-fixture';
import { expect, test } from 'vitest';
import { Host } from '../agenda.ts';
import { bytes, newBackends } from './cluster-fixture.ts';
import type { ClusterFaultPlan } from './cluster-plan.ts';

const run = runKey('w');

function newStore(faults: Partial<ClusterFaultPlan> = {}, seed = 1) {
  const world = newBackends(faults, seed);
  const host = new Host('n1/1');
  const store = world.cassandra.portFor(host);
  const clocks = (): number[] =>
    world.cassandra.replicas.map(
      (replica) =>
        [...replica.partitions('states')]
          .flatMap((partition) => [...replica.cells('states', partition).values()])
          .at(-1)?.clock ?? 0,
    );
  return { ...world, host, store, clocks };
}

const stateAt = (clock: number): FoldBatch =>
  foldOf({ runStates: [stateRow({ run, clock, version: clock, state: bytes(clock % 251) })] });

const everything = foldOf({
  history: [historyRow({ run })],
  wake: [wakeRow({ run })],
  quarantine: [quarantineRow({ run })],
  runStates: [stateRow({ run })],
  applied: appliedRow({}),
});

test('C1: a write is acknowledged when a quorum has it; the third replica has it too in the end', async () => {
  const { store, told, pass, clocks } = newStore({ cassandraStale: 1 });
  for (let clock = 1; clock <= 20; clock++) {
    await told(store.write(stateAt(clock)));
    expect(clocks().filter((taken) => taken === clock).length).toBeGreaterThanOrEqual(2);
    expect((await told(store.readRunState(run)))?.clock).toBe(clock);
  }
  await pass(30e6);
  expect(clocks()).toEqual([20, 20, 20]);
});

test('C1: a write that left its process comes to the replicas, though the process died', async () => {
  const { store, host, pass, clocks } = newStore();
  void store.write(stateAt(1));
  host.state = 'dead';
  await pass(1e6);
  expect(clocks()).toEqual([1, 1, 1]);
});

test('C2: a write is refused by its coordinator without effect', async () => {
  const { store, outcome, pass, clocks, seen } = newStore({ cassandraUnavailable: 1 });
  expect(await outcome(store.write(stateAt(1)))).toBeInstanceOf(StoreUnavailable);
  await pass(10e6);
  expect([clocks(), seen('row write refused')]).toEqual([[0, 0, 0], 1]);
});

test('C2: a write that timed out stands on none, some or all replicas; the same write again stands', async () => {
  const found = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const { store, strikes, outcome, told, clocks, seen } = newStore(
      { cassandraTimedOut: 1 },
      seed,
    );
    expect(await outcome(store.write(stateAt(1)))).toBeInstanceOf(StoreUnavailable);
    found.add(clocks().filter((clock) => clock === 1).length);
    expect(seen('row write timed out')).toBe(1);
    strikes.on = false;
    await told(store.write(stateAt(1)));
    expect(await told(store.readRunState(run))).toEqual(stateAt(1).runStates[0]);
  }
  expect([...found].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
});

test('C2: a write that comes late, after the death of its process, loses to newer cells and to removals', async () => {
  const reached = { older: 0, afterDeath: 0 };
  for (let seed = 0; seed < 8; seed++) {
    const world = newStore({ cassandraLate: 1 }, seed);
    const { store, host, strikes, cassandra, outcome, told, pass, clocks, seen } = world;
    const other = { run: runKey('other') };
    const late = foldOf({ history: [historyRow({ run }), historyRow(other)] });
    expect(await outcome(store.write(late))).toBeInstanceOf(StoreUnavailable);
    expect(await outcome(store.write(stateAt(5)))).toBeInstanceOf(StoreUnavailable);
    host.state = 'dead';
    strikes.on = false;
    const successor = cassandra.portFor(new Host('n2/1'));
    await told(successor.write(stateAt(6)));
    await told(successor.write(foldOf({ runsRemoved: [removedRun({ ...other, clock: 11 })] })));
    await pass(200e6);
    expect(clocks()).toEqual([6, 6, 6]);
    expect(await told(successor.readHistory(run, 0, 1, 100))).toHaveLength(1);
    expect(await told(successor.readHistory(other.run, 0, 1, 100))).toEqual([]);
    expect(seen('row write late')).toBe(3);
    reached.older += seen('row write late and older');
    reached.afterDeath += seen('row write late after death');
  }
  expect(reached.older).toBeGreaterThan(0);
  expect(reached.afterDeath).toBeGreaterThan(0);
});

test('C2: a write comes once more later, and changes nothing', async () => {
  const { store, strikes, told, pass, clocks, seen } = newStore({ cassandraRepeated: 1 });
  await told(store.write(stateAt(1)));
  strikes.on = false;
  await told(store.write(stateAt(2)));
  await pass(200e6);
  expect([clocks(), seen('row write repeated')]).toEqual([[2, 2, 2], 1]);
});

test('C3: a replica that was down is told later of what it missed, or never', async () => {
  for (const cassandraHintLost of [0, 1]) {
    const { store, cassandra, told, pass, clocks, seen } = newStore({ cassandraHintLost });
    cassandra.down(0);
    await told(store.write(stateAt(1)));
    await pass(10_000);
    cassandra.back(0);
    expect(clocks()).toEqual([0, 1, 1]);
    await pass(11e6);
    expect(clocks()).toEqual(cassandraHintLost === 1 ? [0, 1, 1] : [1, 1, 1]);
    expect(seen(cassandraHintLost === 1 ? 'row hint lost' : 'row hinted')).toBe(1);
  }
});

test('C4: a step of a fold begins when the one before is acknowledged; a process that dies between leaves it there', async () => {
  for (const [cut, expected] of [
    [1, [true, false, false]],
    [2, [true, true, false]],
  ] as const) {
    const { agenda, store, host, cassandra, pass } = newStore();
    void store.write(everything);
    const { rows } = cassandra;
    const standing = async (): Promise<boolean[]> => [
      (await rows.readHistory(run, 0, 1, 100)).length > 0 &&
        (await rows.readWake(3, 500_000, null, 1)).length > 0,
      (await rows.readRunState(run)) !== null,
      (await rows.readApplied(0)) !== null,
    ];
    while ((await standing()).filter(Boolean).length < cut) await pass(10);
    host.state = 'frozen';
    await pass(5e6);
    expect(await standing()).toEqual(expected);
    if (cut === 1) host.state = 'dead';
    else agenda.thaw(host);
    await pass(5e6);
    expect(await standing()).toEqual(cut === 1 ? expected : [true, true, true]);
  }
});

test('C4: a fold of which one write failed has the others of its step, and none of the next', async () => {
  let torn = 0;
  for (let seed = 0; seed < 20; seed++) {
    const world = newStore({ cassandraUnavailable: 0.3 }, seed);
    const { store, cassandra, outcome, pass } = world;
    const answer = await outcome(store.write(everything));
    await pass(1e6);
    const { rows } = cassandra;
    const history = await rows.readHistory(run, 0, 1, 100);
    const wake = await rows.readWake(3, 500_000, null, 1);
    const state = await rows.readRunState(run);
    if (state !== null) expect([history.length, wake.length]).toEqual([1, 1]);
    if (history.length !== wake.length) torn += 1;
    const applied = await rows.readApplied(0);
    if (applied !== null) expect(state).not.toBeNull();
    expect(applied !== null).toBe(!(answer instanceof StoreUnavailable));
  }
  expect(torn).toBeGreaterThan(0);
});

test('C5: a read brings the replicas that it asked up to date; where it does not, later reads may show less', async () => {
  const shown = new Set<string>();
  for (const cassandraUnrepaired of [0, 1]) {
    for (let seed = 0; seed < 12; seed++) {
      const faults = { cassandraTimedOut: 1, cassandraUnrepaired };
      const { store, strikes, outcome, told, clocks } = newStore(faults, seed);
      await outcome(store.write(stateAt(1)));
      if (clocks().filter((clock) => clock === 1).length !== 1) continue;
      // Nothing is late in what follows: it takes no time.
      const found: boolean[] = [];
      for (let i = 0; i < 12; i++) found.push((await told(store.readRunState(run))) !== null);
      const text = found.map((there) => (there ? 'y' : 'n')).join('');
      if (cassandraUnrepaired === 0) expect(text).toMatch(/^n*y*$/);
      if (text.includes('yn')) shown.add('less');
      strikes.on = false;
    }
  }
  expect([...shown]).toEqual(['less']);
});

test('C6: with fewer than two of three replicas nothing is read or written; all is there again after', async () => {
  const { store, cassandra, outcome, told, pass } = newStore();
  await told(store.write(stateAt(1)));
  cassandra.down(0);
  await told(store.write(stateAt(2)));
  cassandra.down(1);
  expect(await outcome(store.readRunState(run))).toBeInstanceOf(StoreUnavailable);
  expect(await outcome(store.write(stateAt(3)))).toBeInstanceOf(StoreUnavailable);
  cassandra.back(0);
  expect((await told(store.readRunState(run)))?.clock).toBe(2);
  cassandra.back(1);
  await pass(11e6);
  expect((await told(store.readRunState(run)))?.clock).toBe(2);
});

test('C6: a removal that one replica missed hides the row from every read, and healed from that replica', async () => {
  const faults = { cassandraHintLost: 1, cassandraUnrepaired: 1 };
  const { store, cassandra, told, pass, seen } = newStore(faults);
  await told(store.write(stateAt(1)));
  await pass(10_000);
  cassandra.down(0);
  await told(store.write(foldOf({ runsRemoved: [removedRun({ run, clock: 1 })] })));
  await pass(10_000);
  cassandra.back(0);
  for (let i = 0; i < 10; i++) expect(await told(store.readRunState(run))).toBeNull();
  expect(seen('row replicas differed')).toBeGreaterThan(0);
  cassandra.heal();
  cassandra.down(1);
  expect(await told(store.readRunState(run))).toBeNull();
  expect(await cassandra.rows.readRunState(run)).toBeNull();
});

test('a node is cut off; another one is not', async () => {
  const { store, cassandra, outcome, told } = newStore();
  cassandra.cut('n1');
  expect(await outcome(store.write(stateAt(1)))).toBeInstanceOf(StoreUnavailable);
  expect(await outcome(store.readRunState(run))).toBeInstanceOf(StoreUnavailable);
  const other = cassandra.portFor(new Host('n2/1'));
  expect(await told(other.readRunState(run))).toBeNull();
  cassandra.rejoin('n1');
  await told(store.write(stateAt(2)));
  expect((await told(other.readRunState(run)))?.clock).toBe(2);
});

test('reads fail, not more than once in two seconds for one process', async () => {
  const { store, outcome, pass, seen } = newStore({ cassandraReadFault: 1 });
  for (let i = 0; i < 3; i++) {
    expect(await outcome(store.readRunState(run))).toBeInstanceOf(StoreUnavailable);
    expect(await outcome(store.readRunState(run))).toBeNull();
    await pass(2.1e6);
  }
  expect(seen('row read failed')).toBe(3);
});

test('M1: two cells of one key and clock that differ are told; of wake rows they are not', async () => {
  const { store, cassandra, told } = newStore();
  await told(store.write(stateAt(1)));
  await told(store.write(stateAt(1)));
  await told(store.write(foldOf({ wake: [wakeRow({ run, clock: 1, shard: 1 })] })));
  await told(store.write(foldOf({ wake: [wakeRow({ run, clock: 1, shard: 2 })] })));
  expect(cassandra.clashes).toEqual([]);
  await told(store.write(foldOf({ runStates: [stateRow({ run, clock: 1, version: 9 })] })));
  expect(cassandra.clashes.length).toBeGreaterThan(0);
});

test('healed, every replica has what any had, and nothing comes late', async () => {
  const { store, cassandra, strikes, outcome, pass, clocks } = newStore({
    cassandraTimedOut: 0.5,
    cassandraLate: 0.5,
    cassandraHintLost: 1,
  });
  for (let clock = 1; clock <= 20; clock++) {
    if (clock === 10) cassandra.down(1);
    await outcome(store.write(stateAt(clock)));
  }
  strikes.on = false;
  cassandra.heal();
  const [first] = clocks();
  expect(clocks()).toEqual([first, first, first]);
  await pass(200e6);
  expect(clocks()).toEqual([first, first, first]);
});
