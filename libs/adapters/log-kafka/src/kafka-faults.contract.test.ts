// Appends in flight while the broker is stopped: what a writer that keeps L6 told its callers is what the log holds.
// More of it, and counted: bench/src/kafka-unknown-outcomes.bench.ts.

import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaPart, type OwnPart, ownPart } from '@perdure/parts';
import { differences, LogOwner } from '@perdure/testing/log-owner';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { clock, testOptions } from '../fixtures/test-log.ts';
import { openKafkaLog } from './index.ts';

let own: OwnPart;
beforeAll(async () => {
  own = await ownPart(kafkaPart);
}, 120_000);
afterAll(async () => {
  await own.stop();
});

const place = (process.env[kafkaPart.variable] ?? '') === '';

describe.skipIf(!place)('a broker that is stopped and goes on', () => {
  test('every acknowledged frame stands at its offset, every settled one is what its caller was told (L5, L6)', async ({
    skip,
  }) => {
    const { found } = own;
    const pid = found.kind === 'ready' ? found.pids[0] : undefined;
    if (found.kind === 'missing' || pid === undefined) return skip('no broker of our own');
    const address = `${found.host}:${found.port}`;
    const options = testOptions(address, { partitionCount: 4, requestTimeoutMs: 500 });
    const log = await openKafkaLog(options);
    const owners = [0, 1, 2, 3].map(
      (index) =>
        new LogOwner(log.partition(index), {
          name: `owner-${index}`,
          recordBytesMax: log.recordBytesMax,
          bytes: 500,
          nowUs: clock.nowUs,
          pause: () => sleep(30),
        }),
    );
    let isOver = false;
    const running = owners.map(async (owner) => {
      while (!isOver) await owner.step();
    });
    const threeStepsMore = async (): Promise<void> => {
      const before = owners.map(({ told }) => told.length);
      const check = (): void => {
        for (const [i, { told }] of owners.entries()) {
          expect(told.length).toBeGreaterThan((before[i] as number) + 2);
        }
      };
      await vi.waitFor(check, { timeout: 20_000, interval: 10 });
    };
    for (const stoppedMs of [700, 1_300, 900]) {
      await threeStepsMore();
      process.kill(pid, 'SIGSTOP');
      await sleep(stoppedMs);
      process.kill(pid, 'SIGCONT');
    }
    await threeStepsMore();
    isOver = true;
    await Promise.all(running);
    for (const [index, owner] of owners.entries()) {
      expect(owner.counts.unknown).toBeGreaterThan(0);
      expect(await differences(log.partition(index), owner.told)).toEqual([]);
    }
    await log.close();
  }, 90_000);
});
