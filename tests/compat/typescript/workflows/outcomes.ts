// Workflows for starts, payloads and the ways a run can end.

import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';

export async function hello(name: string): Promise<string> {
  return `Hello, ${name}!`;
}

export async function echoArguments(...values: unknown[]): Promise<unknown[]> {
  return values;
}

export async function returnNothing(): Promise<void> {
  await Promise.resolve();
}

export async function failWith(
  message: string,
  type: string,
  ...details: unknown[]
): Promise<void> {
  throw ApplicationFailure.create({ message, type, details });
}

/** Ends only by being cancelled, terminated or timed out. */
export async function forever(): Promise<void> {
  await condition(() => false);
}

/** Catches the cancellation, waits a moment in a scope of its own, and completes. */
export async function surviveCancellation(): Promise<string> {
  try {
    await forever();
  } catch (error) {
    if (!(error instanceof CancelledFailure) || !isCancellation(error)) throw error;
  }
  await CancellationScope.nonCancellable(() => sleep(10));
  return 'survived';
}

/** What the worker was told of the run. */
export async function ownInfo(): Promise<Record<string, unknown>> {
  const { workflowId, runId, taskQueue, workflowType, attempt, memo } = workflowInfo();
  return { workflowId, runId, taskQueue, workflowType, attempt, memo };
}
