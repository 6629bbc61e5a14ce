// Timers as workflows use them.

import { describe, expect, test } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();

const begun = `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted`;

describe.concurrent('timer', () => {
  test('fire: not before its time', async () => {
    const began = Date.now();
    const handle = await sdk.start(workflows.sleepFor, { args: [1_200] });
    expect(await handle.result()).toBe('awake');
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_200);
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 TimerStarted  timerId=1 startToFireTimeout=1.2s workflowTaskCompletedEventId=4
       6 TimerFired  timerId=1 startedEventId=5
       7 WorkflowTaskScheduled
       8 WorkflowTaskStarted
       9 WorkflowTaskCompleted
       10 WorkflowExecutionCompleted`,
    );
  });

  test('zero: fires at once', async () => {
    const handle = await sdk.start(workflows.sleepFor, { args: [0] });
    expect(await handle.result()).toBe('awake');
    const types = (await sdk.history(handle)).map((event) => event.eventType);
    expect(types.slice(4, 6)).toEqual([17, 18]);
  });

  test('cancel: cancelled while another fires', async () => {
    const handle = await sdk.start(workflows.cancelLongTimer, { args: [50] });
    expect(await handle.result()).toBe(true);
    expectHistory(
      await sdk.history(handle),
      `${begun}
       5 TimerStarted  timerId=1 startToFireTimeout=3600s
       6 TimerStarted  timerId=2 startToFireTimeout=0.05s
       7 TimerFired  timerId=2 startedEventId=6
       8 WorkflowTaskScheduled
       9 WorkflowTaskStarted
       10 WorkflowTaskCompleted
       11 TimerCanceled  timerId=1 startedEventId=5 workflowTaskCompletedEventId=10
       12 WorkflowExecutionCompleted`,
    );
  });

  test('in parallel: fifty of the same length all fire', async () => {
    const handle = await sdk.start(workflows.sleepInParallel, { args: [50, 200] });
    expect(await handle.result()).toBe(50);
    const fired = (await sdk.history(handle)).flatMap(
      (event) => event.timerFiredEventAttributes?.timerId ?? [],
    );
    expect(fired.length).toBe(50);
    expect(new Set(fired).size).toBe(50);
  });

  test('order: the shortest fires first, the others are cancelled', async () => {
    const handle = await sdk.start(workflows.firstTimer, { args: [60_000, 100, 30_000] });
    expect(await handle.result()).toBe(1);
    const canceled = (await sdk.history(handle)).flatMap(
      (event) => event.timerCanceledEventAttributes?.timerId ?? [],
    );
    expect(canceled.toSorted()).toEqual(['1', '3']);
  });
});
