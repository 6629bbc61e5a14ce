import { runKeyText } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { expect, test } from 'vitest';
import { DueLoads } from './due-loads.ts';
import type { RunHandle } from './run-handle.ts';
import { Sleepers } from './sleepers.ts';
import type { DueRun } from './timer-queue.ts';
import { TimerQueue } from './timer-queue.ts';

const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };

/** A store that fails to read so many times. */
function withFailures(failures: number) {
  const clock = new ManualClock();
  const woken: object[] = [];
  const troubles: string[] = [];
  const handle = { run } as unknown as RunHandle;
  let left = failures;
  const load = async () => {
    if (left-- > 0) throw new Error('the store is down');
    return handle;
  };
  const timers: TimerQueue = new TimerQueue(clock, (due: DueRun) => {
    owner.sleepers.take(runKeyText(due.run));
    loads.run(due.run);
  });
  const owner = {
    clock,
    runs: new Map<string, RunHandle>(),
    sleepers: new Sleepers(timers),
    wakeRun: (each: RunHandle) => woken.push(each),
  };
  const loads: DueLoads = new DueLoads({
    owner: owner as unknown as ConstructorParameters<typeof DueLoads>[0]['owner'],
    loader: { run: load, workflow: load } as unknown as ConstructorParameters<
      typeof DueLoads
    >[0]['loader'],
    onTrouble: (message) => troubles.push(message),
  });
  const seconds = async (count: number): Promise<void> => {
    for (let second = 0; second < count; second++) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1_000_000);
      await clock.turn();
    }
  };
  return { loads, woken, troubles, handle, seconds };
}

test('a run that is due is loaded again until the store can be read', async () => {
  const { loads, woken, troubles, handle, seconds } = withFailures(3);
  loads.run(run);
  await seconds(2);
  expect(woken).toEqual([]);
  await seconds(4);
  expect(woken).toEqual([handle]);
  expect(troubles).toHaveLength(3);
});

test('a chain that goes on waits for its workflow id until the store can be read', async () => {
  const { loads, woken, troubles, handle, seconds } = withFailures(2);
  loads.workflow(run);
  await seconds(5);
  expect(woken).toEqual([handle]);
  expect(troubles).toHaveLength(2);
});
