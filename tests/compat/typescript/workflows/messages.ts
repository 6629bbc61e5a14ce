// Workflows that receive signals and answer queries.

import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

const { echo } = proxyActivities<{ echo(value: unknown): Promise<unknown> }>({
  startToCloseTimeout: '20s',
});

export const addSignal = defineSignal<[unknown]>('add');
export const finishSignal = defineSignal('finish');
export const itemsQuery = defineQuery<unknown[]>('items');
export const countFromQuery = defineQuery<number, [number]>('countFrom');
export const failingQuery = defineQuery<never, [string]>('failing');

/** Collects signals until there are `count` of them, or until told to finish. */
export async function collect(count: number): Promise<unknown[]> {
  const items: unknown[] = [];
  let finished = false;
  setHandler(addSignal, (item) => {
    items.push(item);
  });
  setHandler(finishSignal, () => {
    finished = true;
  });
  setHandler(itemsQuery, () => items);
  setHandler(countFromQuery, (base) => base + items.length);
  setHandler(failingQuery, (message) => {
    throw ApplicationFailure.create({ message, type: 'QueryRefused' });
  });
  await condition(() => finished || items.length >= count);
  return items;
}

/** Calls an activity in its first task, then collects signals. */
export async function collectAfterActivity(argument: string, count: number): Promise<unknown[]> {
  const items: unknown[] = [];
  setHandler(addSignal, (item) => {
    items.push(item);
  });
  setHandler(itemsQuery, () => items);
  await echo(argument);
  await condition(() => items.length >= count);
  return items;
}

/** Completes in its first task with what it was sent by then. */
export async function collectOrReturn(last: string): Promise<unknown[]> {
  const items: unknown[] = [];
  setHandler(addSignal, (item) => {
    items.push(item);
  });
  await Promise.resolve();
  return [...items, last];
}
