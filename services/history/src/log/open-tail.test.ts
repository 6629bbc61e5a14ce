// What an owner of a cluster starts from (L7). That of a directory: open-partition.test.ts.

import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { NotOwner, type Store } from '@perdure/ports';
import { beforeEach, expect, test } from 'vitest';
import { type OpenTail, openTail } from './open-tail.ts';
import { SharedLog, SharedLogPort } from './shared-log.fixture.ts';
import { SharedWorld } from './shared-world.fixture.ts';

let world: SharedWorld;

beforeEach(() => {
  world = new SharedWorld(new ManualClock(), 2);
});

/** Node 0 owns, and has groups durable, one frame each. */
async function written(groups: number): Promise<void> {
  const [node] = world.nodes as [(typeof world.nodes)[0]];
  node.port.immediate = true;
  world.open(node);
  await world.go();
  for (let i = 0; i < groups; i++) {
    world.append(node, 2);
    await world.go();
  }
}

test('the owner goes on where the log ended, with what the store lacks', async () => {
  await written(3);
  const [before, node] = world.nodes as [(typeof world.nodes)[0], (typeof world.nodes)[0]];
  const groups = before.life?.groups ?? [];
  world.apply(before.life as NonNullable<typeof before.life>, 0);
  node.port.immediate = true;
  world.open(node);
  await world.go();
  expect(node.life?.pump?.epoch).toBe(2);
  const names = node.life?.tail.map(({ transition }) => transition.run.runId);
  expect(names).toEqual([1, 1, 2, 2].map((at) => groups[at]?.name));
  world.append(node, 1);
  await world.go();
  expect(node.life?.groups[0]?.told).toMatchObject({ kind: 'durable', frame: { number: 1 } });
  expect(world.troubles).toEqual([]);
});

test('V3: nothing is in the tail twice when the log was trimmed under the replay', async () => {
  await written(5);
  const [before, node] = world.nodes as [(typeof world.nodes)[0], (typeof world.nodes)[0]];
  node.port.readCount = 1;
  node.port.slow = true;
  world.open(node);
  await world.go();
  for (let reads = 0; reads < 4; reads++) await node.port.letRead();
  world.apply(before.life as NonNullable<typeof before.life>, 2);
  node.port.slow = false;
  node.port.immediate = true;
  await node.port.letRead();
  await world.go();
  const groups = before.life?.groups ?? [];
  const names = node.life?.tail.map(({ transition }) => transition.run.runId);
  expect(names).toEqual([3, 3, 4, 4].map((at) => groups[at]?.name));
});

test('a node that does not want to be the owner any more gets NotOwner', async () => {
  const opened: Promise<OpenTail> = openTail({
    log: new SharedLogPort(new SharedLog()),
    logPartition: 3,
    recordBytesMax: 100_000,
    store: { readApplied: async () => null } as unknown as Store,
    clock: world.clock,
    owner: 'me',
    newId: () => 'id',
    onHalt: () => undefined,
    onCallbackThrew: () => undefined,
    claim: {
      generation: 1,
      newNonce: () => 'me',
      lastTried: 0,
      onTried: () => undefined,
      wanted: () => false,
      pauseUs: () => 0,
      onAnnounced: () => undefined,
      onFenced: () => undefined,
      onUnknown: () => undefined,
      onSettled: () => undefined,
    },
  });
  await expect(opened).rejects.toEqual(new NotOwner(3, null));
});
