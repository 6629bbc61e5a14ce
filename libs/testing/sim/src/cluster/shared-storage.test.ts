import { StoreUnavailable } from '@perdure/ports';
import { createMemoryMetadata } from '@perdure/store-memory';
import { expect, test } from 'vitest';
import { Host } from '../agenda.ts';
import { bytes, newBackends } from './cluster-fixture.ts';
import type { ClusterFaultPlan } from './cluster-plan.ts';

function newMetadata(faults: Partial<ClusterFaultPlan> = {}) {
  const world = newBackends(faults);
  const kept = createMemoryMetadata();
  const host = new Host('n1/1');
  const metadata = world.shared.portFor(host, 'metadata', kept);
  const add = (key: string): Promise<boolean> =>
    metadata.change([{ kind: 'k', key, expectedVersion: 0, value: bytes(1) }]);
  const keys = async (): Promise<string[]> => (await kept.list('k')).map(({ key }) => key);
  return { ...world, host, metadata, add, keys };
}

test('Q1: nodes see one thing; a call that left its process is carried out', async () => {
  const { host, add, keys, pass } = newMetadata();
  let answer: boolean | null = null;
  void add('a').then((changed) => {
    answer = changed;
  });
  host.state = 'dead';
  await pass(1e6);
  expect([await keys(), answer]).toEqual([['a'], null]);
});

test('Q2: refused without effect; done though told to have failed; done later', async () => {
  for (const [kind, soon, later] of [
    ['sharedRefused', [], []],
    ['sharedTimedOut', ['a'], ['a']],
    ['sharedLate', [], ['a']],
  ] as const) {
    const { add, keys, outcome, pass } = newMetadata({ [kind]: 1 });
    expect(await outcome(add('a'))).toBeInstanceOf(StoreUnavailable);
    expect(await keys()).toEqual(soon);
    await pass(10e6);
    expect(await keys()).toEqual(later);
  }
});

test('Q2: healed, what was to come late comes now or never', async () => {
  const { add, keys, outcome, pass, shared } = newMetadata({ sharedLate: 1 });
  for (let i = 0; i < 20; i++) await outcome(add(`${i}`));
  shared.heal();
  const now = await keys();
  expect(now.length).toBeGreaterThan(0);
  await pass(10e6);
  expect(await keys()).toEqual(now);
});

test('reads fail, not more than once in two seconds for one process', async () => {
  const { metadata, outcome, seen } = newMetadata({ sharedReadFault: 1 });
  expect(await outcome(metadata.list('k'))).toBeInstanceOf(StoreUnavailable);
  expect(await outcome(metadata.list('k'))).toEqual([]);
  expect(seen('shared read failed')).toBe(1);
});
