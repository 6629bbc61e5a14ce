// Workflows that call activities by name, with the options a test gives.

import {
  type ActivityOptions,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

type AnyActivity = (...args: unknown[]) => Promise<unknown>;

function activityOf(name: string, options: ActivityOptions): AnyActivity {
  const activity = proxyActivities<Record<string, AnyActivity>>(options)[name];
  if (activity === undefined) throw new Error(`no activity ${name}`);
  return activity;
}

export async function callActivity(
  name: string,
  options: ActivityOptions,
  ...args: unknown[]
): Promise<unknown> {
  return await activityOf(name, options)(...args);
}

/** Calls the activity with 0..count-1, all at once. */
export async function callInParallel(
  name: string,
  options: ActivityOptions,
  count: number,
): Promise<unknown[]> {
  const activity = activityOf(name, options);
  return await Promise.all(Array.from({ length: count }, (_, index) => activity(index)));
}

export const progressQuery = defineQuery<number>('progress');

/** Calls the activity one time after the other. */
export async function callInSequence(
  name: string,
  options: ActivityOptions,
  count: number,
): Promise<number> {
  const activity = activityOf(name, options);
  let done = 0;
  setHandler(progressQuery, () => done);
  for (; done < count; done++) await activity(done);
  return done;
}

export const stopSignal = defineSignal('stop');

export interface CancelledCall {
  readonly outcome: 'completed' | 'cancelled' | 'failed';
  readonly value?: unknown;
}

/** Cancels the activity on the signal `stop`, and tells how it ended for the workflow. */
export async function cancelActivityOnSignal(
  name: string,
  options: ActivityOptions,
  ...args: unknown[]
): Promise<CancelledCall> {
  let stopped = false;
  setHandler(stopSignal, () => {
    stopped = true;
  });
  const scope = new CancellationScope();
  const call = scope.run(() => activityOf(name, options)(...args));
  const stop = condition(() => stopped).then(() => scope.cancel());
  try {
    return { outcome: 'completed', value: await call };
  } catch (error) {
    return { outcome: isCancellation(error) ? 'cancelled' : 'failed' };
  } finally {
    await stop;
  }
}
