// Ten thousand parked polls: what they cost here, without their connections.

import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LayeredConfig } from '@perdure/core-dynamic-config';
import { Matching } from '@perdure/matching';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { offerOf, offerTo, ScriptedOwner } from '@perdure/matching/fixtures/scripted-owner';
import type { PolledTask } from '@perdure/ports';
import { expect, test } from 'vitest';
import { routedOf, WorkerCall } from '../fixtures/worker-call.ts';
import { Gateway } from './gateway.ts';

const pollCount = 10_000;
const bytesPerPollMax = 2_048;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heapBytes = (): number => {
  collectGarbage();
  collectGarbage();
  return getHeapStatistics().used_heap_size;
};

const gatewayId = crypto.randomUUID();
const nameOf = (i: number): string => `18423@worker-host-${i}-orders-production`;

function parkAll(gateway: Gateway, queueOf: (i: number) => string): Promise<PolledTask>[] {
  return Array.from({ length: pollCount }, (_, i) => {
    const request = { taskQueue: { name: queueOf(i) }, identity: nameOf(i), namespace: 'default' };
    const routed = routedOf('PollActivityTaskQueue', request);
    return gateway.pollActivityTaskQueue(routed, new WorkerCall());
  });
}

test.for([
  ['one queue', (): string => 'orders'],
  ['a queue each', (i: number): string => `orders-${i}`],
] as const)('10,000 polls in %s cost less than 2 KB each, and end', async ([where, queueOf]) => {
  const clock = new ManualClock();
  const owner = new ScriptedOwner();
  const matching = new Matching({ clock, owner: () => owner });
  const gateway = new Gateway({
    clock,
    config: new LayeredConfig(),
    matching,
    owner: () => owner,
    gatewayId,
  });
  void parkAll(
    new Gateway({ clock, config: new LayeredConfig(), matching, owner: () => owner, gatewayId }),
    () => 'warm-up',
  );

  const beforeBytes = heapBytes();
  const answers = parkAll(gateway, queueOf);
  const bytesPerPoll = (heapBytes() - beforeBytes) / pollCount;
  console.log(`10,000 polls in ${where}: ${Math.round(bytesPerPoll)} bytes of heap each`);
  expect(bytesPerPoll).toBeLessThan(bytesPerPollMax);

  const offer = offerOf('activity');
  offerTo(matching, { ...offer, queue: { ...offer.queue, name: queueOf(0) } });
  owner.last().started();
  clock.advance(60_100_000);
  await clock.turn();
  const tasks = await Promise.all(answers);
  expect(tasks.filter(({ bytes }) => bytes.length > 0)).toHaveLength(1);
  expect(gateway.openPolls).toBe(0);
});
