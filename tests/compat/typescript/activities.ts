// The activities of the compatibility tests.

import {
  ApplicationFailure,
  CompleteAsyncError,
  Context,
  cancelled,
  heartbeat,
  sleep,
} from '@temporalio/activity';
import { receive, send } from './mailbox.ts';

export async function echo(...values: unknown[]): Promise<unknown> {
  return values.length === 1 ? values[0] : values;
}

/** Fails before the attempt of that number; returns the attempt. */
export async function succeedAtAttempt(attempt: number, nextRetryDelay?: string): Promise<number> {
  const current = Context.current().info.attempt;
  if (current < attempt) {
    throw ApplicationFailure.create({
      message: `attempt ${current} failed`,
      type: 'TryAgain',
      ...(nextRetryDelay !== undefined && { nextRetryDelay: nextRetryDelay as '1s' }),
    });
  }
  return current;
}

export async function fail(message: string, type: string, nonRetryable: boolean): Promise<void> {
  throw ApplicationFailure.create({ message, type, nonRetryable, details: ['detail', 7] });
}

/** Returns only when cancelled, without a heartbeat. */
export async function hang(): Promise<void> {
  await cancelled();
}

/** The first attempt hangs, a later one returns its number. */
export async function hangAtFirst(): Promise<number> {
  const { attempt } = Context.current().info;
  if (attempt === 1) await cancelled();
  return attempt;
}

/** The first attempt reports details and stops beating; a later one returns the details it is given. */
export async function beatThenHang(details: unknown): Promise<unknown> {
  const { attempt, heartbeatDetails } = Context.current().info;
  if (attempt > 1) return heartbeatDetails;
  heartbeat(details);
  await cancelled();
  return undefined;
}

/** Beats until it is cancelled, then ends as told. */
export async function beatUntilCancelled(
  ending: 'cancel' | 'complete' | 'slowly',
): Promise<string> {
  const { workflowExecution } = Context.current().info;
  send(`beating ${workflowExecution?.workflowId}`);
  try {
    for (;;) {
      heartbeat('still here');
      await sleep(50);
    }
  } catch (error) {
    send(`cancelled ${workflowExecution?.workflowId}`);
    if (ending === 'complete') return 'completed anyway';
    if (ending === 'slowly') await receive(`release ${workflowExecution?.workflowId}`);
    throw error;
  }
}

/** Beats for a while, then completes: for time-outs that must not strike. */
export async function beatFor(milliseconds: number): Promise<string> {
  const end = Date.now() + milliseconds;
  for (let beat = 0; Date.now() < end; beat++) {
    heartbeat(beat);
    await sleep(50);
  }
  return 'kept alive';
}

const counters = new Map<string, number>();

/** How often it was called with that name, in this process. */
export async function countUp(counter: string): Promise<number> {
  const count = (counters.get(counter) ?? 0) + 1;
  counters.set(counter, count);
  return count;
}

/** The priority that its task came with. */
export async function ownPriority(): Promise<unknown> {
  return Context.current().info.priority;
}

/** Takes a while, without a heartbeat. */
export async function takeTime(milliseconds: number): Promise<string> {
  await sleep(milliseconds);
  return 'done at last';
}

/** Hands its task token to the test, which completes it. */
export async function completeElsewhere(): Promise<never> {
  const { taskToken, workflowExecution } = Context.current().info;
  send(`token ${workflowExecution?.workflowId}`, taskToken);
  throw new CompleteAsyncError();
}

/** Tells the test that it runs, and waits to be released. */
export async function waitForRelease(): Promise<string> {
  const { workflowExecution } = Context.current().info;
  send(`running ${workflowExecution?.workflowId}`);
  return await receive<string>(`release ${workflowExecution?.workflowId}`);
}
