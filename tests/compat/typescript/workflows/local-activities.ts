// Workflows that run activities in the worker of their own task, where only a marker of each is kept.

import { type LocalActivityOptions, proxyLocalActivities, sleep } from '@temporalio/workflow';

type AnyActivity = (...args: unknown[]) => Promise<unknown>;

function localActivity(name: string, options: LocalActivityOptions): AnyActivity {
  const activity = proxyLocalActivities<Record<string, AnyActivity>>(options)[name];
  if (activity === undefined) throw new Error(`no activity ${name}`);
  return activity;
}

export async function callLocally(
  name: string,
  options: LocalActivityOptions,
  ...args: unknown[]
): Promise<unknown> {
  return await localActivity(name, options)(...args);
}

/** Counts in the worker, sleeps, and counts again: a replay must not count the first again. */
export async function countLocally(counter: string, milliseconds: number): Promise<unknown[]> {
  const count = localActivity('countUp', { startToCloseTimeout: '10s' });
  const first = await count(counter);
  await sleep(milliseconds);
  return [first, await count(counter)];
}
