// Workflows whose runs follow each other.

import {
  ApplicationFailure,
  condition,
  continueAsNew,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { addSignal } from './messages.ts';

/** Counts down, one run for each number. */
export async function countDown(from: number): Promise<string[]> {
  if (from > 0) await continueAsNew<typeof countDown>(from - 1);
  const { firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo();
  return [firstExecutionRunId, continuedFromExecutionRunId ?? ''];
}

/** Goes on as another workflow, with a memo and a time-out of its own. */
export async function becomeAnother(): Promise<never> {
  const next = makeContinueAsNewFunc<(word: string) => Promise<unknown>>({
    workflowType: 'reportSelf',
    memo: { note: 'from before' },
    workflowRunTimeout: '50s',
  });
  return next('hello');
}

export async function reportSelf(word: string): Promise<unknown> {
  const { workflowType, memo, runTimeoutMs } = workflowInfo();
  return { word, workflowType, memo, runTimeoutMs };
}

/** Collects signals and carries them on into the next run each time there are two; ends at `count`. */
export async function collectInChain(count: number, before: unknown[] = []): Promise<unknown[]> {
  const items = [...before];
  setHandler(addSignal, (item) => {
    items.push(item);
  });
  const wanted = Math.min(before.length + 2, count);
  await condition(() => items.length >= wanted);
  if (items.length < count) await continueAsNew<typeof collectInChain>(count, items);
  return items;
}

/** Fails until it is tried the given time; then tells what the attempts before failed with. */
export async function succeedAtAttempt(wanted: number): Promise<unknown> {
  const { attempt, lastFailure, firstExecutionRunId, runId } = workflowInfo();
  if (attempt < wanted) {
    throw ApplicationFailure.create({ message: `attempt ${attempt}`, type: 'NotYet' });
  }
  return { attempt, before: lastFailure?.message, sameRun: firstExecutionRunId === runId };
}

/** Never comes to an end in its first attempt. */
export async function endlessAtFirst(): Promise<number> {
  const { attempt } = workflowInfo();
  if (attempt === 1) await condition(() => false);
  return attempt;
}
