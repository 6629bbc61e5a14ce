// The workflows of the benches.

import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

const { greet } = proxyActivities<{ greet(name: string): Promise<string> }>({
  startToCloseTimeout: '1 minute',
});

export async function oneActivity(name: string): Promise<string> {
  return await greet(name);
}

/** Ends when it has heard so many signals. */
export async function countSignals(until: number): Promise<number> {
  let heard = 0;
  setHandler(defineSignal('count'), () => {
    heard += 1;
  });
  await condition(() => heard >= until);
  return heard;
}
