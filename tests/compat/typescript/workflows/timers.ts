// Workflows that wait.

import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

export async function sleepFor(milliseconds: number): Promise<string> {
  await sleep(milliseconds);
  return 'awake';
}

/** Starts a long timer, lets a short one pass, cancels the long one. */
export async function cancelLongTimer(shortMs: number): Promise<boolean> {
  const scope = new CancellationScope();
  const long = scope
    .run(() => sleep('1 hour'))
    .then(
      () => false,
      (error: unknown) => isCancellation(error),
    );
  await sleep(shortMs);
  scope.cancel();
  return await long;
}

export async function sleepInParallel(count: number, milliseconds: number): Promise<number> {
  await Promise.all(Array.from({ length: count }, () => sleep(milliseconds)));
  return count;
}

/** The first of several timers to fire, by its place. */
export async function firstTimer(...milliseconds: number[]): Promise<number> {
  return await CancellationScope.cancellable(async () => {
    const first = await Promise.race(
      milliseconds.map((each, index) => sleep(each).then(() => index)),
    );
    CancellationScope.current().cancel();
    return first;
  });
}
