import { LayeredConfig } from '@perdure/core-dynamic-config';
import { noBytes, RejectionError, usPerSecond } from '@perdure/kernel';
import { Matching } from '@perdure/matching';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { ScriptedOwner } from '@perdure/matching/fixtures/scripted-owner';
import type { PolledTask } from '@perdure/ports';
import { beforeEach, expect, test } from 'vitest';
import { routedOf, WorkerCall } from '../fixtures/worker-call.ts';
import { Gateway } from './gateway.ts';

let clock: ManualClock;
let gateway: Gateway;
beforeEach(() => {
  clock = new ManualClock();
  const owner = new ScriptedOwner();
  gateway = new Gateway({
    clock,
    config: new LayeredConfig(),
    matching: new Matching({ clock, owner: () => owner }),
    owner: () => owner,
    gatewayId: '5c2f6a1e-7d1b-4a5e-9c3d-000000000000',
  });
});

const poll = (call = new WorkerCall()): Promise<PolledTask> =>
  gateway.pollNexusTaskQueue(
    routedOf('PollNexusTaskQueue', { taskQueue: { name: 'q' }, identity: 'w' }),
    call,
  );

test('a poll for Nexus tasks waits, and ends empty before its client gives up', async () => {
  const answer = poll(new WorkerCall(clock.nowUs() / 1_000 + 11_000));
  expect(gateway.openPolls).toBe(1);
  clock.advance(9 * usPerSecond);
  expect(gateway.openPolls).toBe(1);
  clock.advance(usPerSecond + 100_000);
  expect((await answer).bytes).toBe(noBytes);
  expect(gateway.openPolls).toBe(0);
});

test('a poll for Nexus tasks ends with its client, and with the server', async () => {
  const call = new WorkerCall();
  const [cancelled, drained] = [poll(call), poll()];
  call.cancel();
  expect((await cancelled).bytes).toBe(noBytes);
  expect(gateway.openPolls).toBe(1);
  await gateway.drain();
  expect((await drained).bytes).toBe(noBytes);
  await expect(poll()).rejects.toBeInstanceOf(RejectionError);
});
