// Workflows that change what is known of them, and code that has changed.

import {
  condition,
  defineSignal,
  deprecatePatch,
  patched,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

export const goOnSignal = defineSignal('goOn');

export async function upsertAttributes(
  ...changes: Record<string, unknown[]>[]
): Promise<Record<string, unknown>> {
  for (const change of changes) {
    upsertSearchAttributes(change as Parameters<typeof upsertSearchAttributes>[0]);
  }
  let goesOn = false;
  setHandler(goOnSignal, () => {
    goesOn = true;
  });
  await condition(() => goesOn);
  return workflowInfo().searchAttributes as Record<string, unknown>;
}

export async function changeMemo(
  ...changes: Record<string, unknown>[]
): Promise<Record<string, unknown>> {
  for (const change of changes) upsertMemo(change);
  await condition(() => true);
  return workflowInfo().memo ?? {};
}

/** Code that has been changed: says which way it went, before and after a signal. */
export async function changedCode(): Promise<string> {
  let goesOn = false;
  setHandler(goOnSignal, () => {
    goesOn = true;
  });
  const first = patched('first-change') ? 'new' : 'old';
  await condition(() => goesOn);
  deprecatePatch('second-change');
  return `${first}, ${patched('first-change') ? 'new' : 'old'}`;
}
