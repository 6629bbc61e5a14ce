// Signals: none is lost, none is doubled, and the order is that of the history.

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { receive, send } from './mailbox.ts';
import { payloadGate } from './payload-gate.ts';
import { type RunningWorker, sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();
let gated: RunningWorker;
beforeAll(async () => {
  gated = await sdk.startWorker({ dataConverter: { payloadCodecs: [payloadGate()] } });
});

describe.concurrent('signal', () => {
  test('waiting workflow: wakes it, with its argument', async () => {
    const handle = await sdk.start(workflows.collect, { args: [1] });
    await handle.query(workflows.itemsQuery);
    await handle.signal(workflows.addSignal, { of: 'any kind' });
    expect(await handle.result()).toEqual([{ of: 'any kind' }]);
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 WorkflowExecutionSignaled  signalName=add
       6 WorkflowTaskScheduled
       7 WorkflowTaskStarted
       8 WorkflowTaskCompleted
       9 WorkflowExecutionCompleted`,
    );
  });

  test('before the first task: in the history that the first task sees', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    const handle = await sdk.start(workflows.collect, { args: [2], taskQueue });
    await handle.signal(workflows.addSignal, 'one');
    await handle.signal(workflows.addSignal, 'two');
    await sdk.startWorker({ taskQueue });
    expect(await handle.result()).toEqual(['one', 'two']);
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowExecutionSignaled  input=one
       4 WorkflowExecutionSignaled  input=two
       5 WorkflowTaskStarted  scheduledEventId=2
       6 WorkflowTaskCompleted
       7 WorkflowExecutionCompleted`,
    );
  });

  test('while a task is running: buffered in order, written behind its commands', async () => {
    const name = randomUUID();
    const handle = await sdk.start(workflows.collectAfterActivity, {
      args: [`hold:${name}`, 3],
      taskQueue: gated.taskQueue,
    });
    await receive(`held ${name}`);
    for (const item of [1, 2, 3]) await handle.signal(workflows.addSignal, item);
    expect((await sdk.history(handle)).length).toBe(3);
    send(`release ${name}`);
    expect(await handle.result()).toEqual([1, 2, 3]);
    expectHistory(
      (await sdk.history(handle)).slice(0, 9),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 ActivityTaskScheduled  workflowTaskCompletedEventId=4
       6 WorkflowExecutionSignaled  input=1
       7 WorkflowExecutionSignaled  input=2
       8 WorkflowExecutionSignaled  input=3
       9 WorkflowTaskScheduled`,
    );
  });

  test('while the completing task is running: the workflow sees it before it completes', async () => {
    const name = randomUUID();
    const handle = await sdk.start(workflows.collectOrReturn, {
      args: [`hold:${name}`],
      taskQueue: gated.taskQueue,
    });
    await receive(`held ${name}`);
    await handle.signal(workflows.addSignal, 'just in time');
    send(`release ${name}`);
    expect(await handle.result()).toEqual(['just in time', `hold:${name}`]);
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskFailed  cause=UNHANDLED_COMMAND
       5 WorkflowExecutionSignaled
       6 WorkflowTaskScheduled
       7 WorkflowTaskStarted
       8 WorkflowTaskCompleted
       9 WorkflowExecutionCompleted`,
    );
  });

  test('a hundred in sequence: all arrive, in order', async () => {
    const handle = await sdk.start(workflows.collect, { args: [100] });
    const items = Array.from({ length: 100 }, (_, index) => index);
    for (const item of items) await handle.signal(workflows.addSignal, item);
    expect(await handle.result()).toEqual(items);
  });

  test('a hundred at once: each arrives once', async () => {
    const handle = await sdk.start(workflows.collect, { args: [100] });
    const items = Array.from({ length: 100 }, (_, index) => index);
    await Promise.all(items.map((item) => handle.signal(workflows.addSignal, item)));
    const received = (await handle.result()) as number[];
    expect(received.toSorted((a, b) => a - b)).toEqual(items);
  });

  test('unknown name: kept in the history, and the workflow goes on', async () => {
    const handle = await sdk.start(workflows.collect, { args: [1] });
    await handle.signal('nobodyListens', 1);
    await handle.signal(workflows.addSignal, 'known');
    expect(await handle.result()).toEqual(['known']);
    const signals = (await sdk.history(handle)).filter((event) => event.eventType === 26);
    expect(signals.length).toBe(2);
  });
});
