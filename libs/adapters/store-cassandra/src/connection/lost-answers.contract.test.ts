// Answers that do not come (M3): the outcome is unknown, the same batch may be sent again, and what comes first in the order
// of M3 is acknowledged before anything behind it is sent.

import { type Store, StoreUnavailable } from '@perdure/ports';
import {
  appliedRow,
  bytesOf,
  foldOf,
  historyRow,
  runKey,
  stateRow,
  wakeRow,
  workflowRow,
} from '@perdure/ports/contract/store-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshSettings, missing } from '../../fixtures/real-cassandra.ts';
import { StalledLink } from '../../fixtures/stalled-link.ts';
import { openCassandra } from '../open.ts';

const settings = freshSettings();
const requestTimeoutMs = 1_500;

describe.skipIf(missing !== null)('lost answers', () => {
  let direct: Store;
  let link: StalledLink;
  let store: Store;

  beforeAll(async () => {
    direct = (await openCassandra(settings)).store;
    const [host = '', port = ''] = settings.contactPoints[0]?.split(':') ?? [];
    link = await StalledLink.to(host, Number(port));
    const through = { ...settings, contactPoints: [link.address], requestTimeoutMs, create: false };
    store = (await openCassandra(through)).store;
    await store.write(batchOf('warm', 1));
  }, 120_000);

  afterAll(async () => {
    if (missing !== null) return;
    link.goOn();
    await store.close();
    await link.close();
    await direct.close();
  });

  test('a write without an answer rejects; what M3 puts behind it was not sent; sent again it is whole', async () => {
    const batch = batchOf('w', 10);
    const run = runKey('w');
    link.stall();
    await expect(store.write(batch)).rejects.toThrow(StoreUnavailable);
    await expect.poll(() => direct.readHistory(run, 0, 1, 100)).toEqual(batch.history);
    expect(await direct.readRunState(run)).toBeNull();
    expect(await direct.readApplied(10)).toBeNull();
    link.goOn();
    await eventually(() => store.write(batch));
    expect(await direct.readRunState(run)).toEqual(batch.runStates[0]);
    expect(await direct.readWake(3, 500_010, null, 10)).toEqual(batch.wake);
    expect(await direct.readApplied(10)).toEqual(batch.applied);
  });

  test('a read without an answer rejects as unavailable', async () => {
    link.stall();
    await expect(store.readRunState(runKey('warm'))).rejects.toThrow(StoreUnavailable);
    link.goOn();
  });

  test('when the connections break, the same store goes on by itself', async () => {
    link.cut();
    const batch = batchOf('after the cut', 11);
    await eventually(() => store.write(batch));
    expect(await direct.readRunState(runKey('after the cut'))).toEqual(batch.runStates[0]);
  });
});

function batchOf(workflowId: string, clock: number): ReturnType<typeof foldOf> {
  const run = runKey(workflowId);
  return foldOf({
    history: [historyRow({ run, clock, events: bytesOf(clock) })],
    wake: [wakeRow({ run, version: clock, bucket: 500_000 + clock })],
    workflows: [workflowRow({ workflowId, clock })],
    runStates: [stateRow({ run, clock, version: clock })],
    applied: appliedRow({ logPartition: clock, clock }),
  });
}

/** As the owner does it: again until the store has it. */
async function eventually(write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await write();
      return;
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailable);
      if (tries === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
