// Workflow tasks: those of workers that die, fail or leave, and what the next worker gets.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { expectHistory } from '../../expect-history.ts';
import { receive, send } from './mailbox.ts';
import { payloadGate } from './payload-gate.ts';
import { type RunningWorker, sdkUnderTest, testWorkflows } from './sdk-under-test.ts';
import { WorkerProcess } from './worker-process.ts';
import { workflowBundle } from './workflow-bundle.ts';
import * as workflows from './workflows/index.ts';
import { hello as brokenHello } from './workflows-broken/index.ts';

const sdk = sdkUnderTest();
let gated: RunningWorker;
beforeAll(async () => {
  gated = await sdk.startWorker({ dataConverter: { payloadCodecs: [payloadGate()] } });
});

async function startProcess(): Promise<WorkerProcess> {
  return await WorkerProcess.start({
    address: sdk.server.address,
    taskQueue: `compat-${randomUUID()}`,
    bundle: await testWorkflows(),
    options: { stickyQueueScheduleToStartTimeout: '1s' },
  });
}

const waiting = `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 WorkflowExecutionSignaled`;

describe.concurrent('workflow task', () => {
  test('worker dies with it: timed out, then done by another', async () => {
    const dying = await startProcess();
    const { taskQueue } = dying;
    const handle = await sdk.start(workflows.collectAfterActivity, {
      args: [`hold:${randomUUID()}`, 0],
      taskQueue,
      workflowTaskTimeout: '1s',
    });
    await vi.waitFor(async () => expect((await sdk.history(handle)).length).toBe(3));
    await dying.kill();
    await sdk.startWorker({ taskQueue });
    expect(await handle.result()).toEqual([]);
    expectHistory(
      (await sdk.history(handle)).slice(0, 8),
      `1 WorkflowExecutionStarted  workflowTaskTimeout=1s
       2 WorkflowTaskScheduled  attempt=1
       3 WorkflowTaskStarted
       4 WorkflowTaskTimedOut  timeoutType=START_TO_CLOSE
       5 WorkflowTaskScheduled  attempt=2
       6 WorkflowTaskStarted  scheduledEventId=5
       7 WorkflowTaskCompleted
       8 ActivityTaskScheduled`,
    );
  });

  test('workflow code throws: failed and tried again until it is fixed', async () => {
    const bundle = await workflowBundle(join(import.meta.dirname, 'workflows-broken'));
    const broken = await sdk.startWorker({ workflowBundle: { codePath: bundle } });
    const { taskQueue } = broken;
    const workflowTaskTimeout = '1s';
    const handle = await sdk.start(brokenHello, {
      args: ['fixed'],
      taskQueue,
      workflowTaskTimeout,
    });
    await vi.waitFor(
      async () => {
        const { pendingWorkflowTask } = (await handle.describe()).raw;
        expect(pendingWorkflowTask?.attempt).toBeGreaterThan(1);
      },
      { timeout: 5_000 },
    );
    await broken.shutdown();
    await sdk.startWorker({ taskQueue });
    expect(await handle.result()).toBe('Hello, fixed!');
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskFailed  cause=WORKFLOW_WORKER_UNHANDLED_FAILURE failure.message="Cannot read properties of undefined (reading 'of')"
       5 WorkflowTaskScheduled
       6 WorkflowTaskStarted
       7 WorkflowTaskCompleted
       8 WorkflowExecutionCompleted`,
    );
  });

  test('sticky: the next task goes to the queue of the worker that has the state', async () => {
    const handle = await sdk.start(workflows.collect, { args: [1] });
    await handle.query(workflows.itemsQuery);
    await handle.signal(workflows.addSignal, 1);
    await handle.result();
    expectHistory(
      await sdk.history(handle),
      `${waiting}
       6 WorkflowTaskScheduled  taskQueue.kind=STICKY taskQueue.normalName=${sdk.taskQueue}
       7 WorkflowTaskStarted
       8 WorkflowTaskCompleted
       9 WorkflowExecutionCompleted`,
    );
  });

  // Temporal's server waits for the time-out; one that sees the connection go may be quicker, without the event.
  test('sticky worker died: given up by its time-out at the latest, then done by another', async () => {
    const dying = await startProcess();
    const { taskQueue } = dying;
    const handle = await sdk.start(workflows.collect, { args: [1], taskQueue });
    await vi.waitFor(async () => expect((await sdk.history(handle)).length).toBe(4));
    await dying.kill();
    // A task sent into a connection whose end was not seen yet waits for its start-to-close.
    await sleep(300);
    await handle.signal(workflows.addSignal, 'found');
    await sdk.startWorker({ taskQueue });
    expect(await handle.result()).toEqual(['found']);
    const events = await sdk.history(handle);
    const given = `${waiting}
       6 WorkflowTaskScheduled  attempt=1 taskQueue.kind=STICKY`;
    expectHistory(
      events,
      events.length === 9
        ? `${given}
       7 WorkflowTaskStarted
       8 WorkflowTaskCompleted
       9 WorkflowExecutionCompleted`
        : `${given}
       7 WorkflowTaskTimedOut  timeoutType=SCHEDULE_TO_START
       8 WorkflowTaskScheduled  attempt=1 taskQueue.kind=NORMAL
       9 WorkflowTaskStarted
       10 WorkflowTaskCompleted
       11 WorkflowExecutionCompleted`,
    );
  });

  test('worker shut down: the next worker takes over at once, with the whole history', async () => {
    const first = await sdk.startWorker();
    const { taskQueue } = first;
    const handle = await sdk.start(workflows.collect, { args: [2], taskQueue });
    await handle.signal(workflows.addSignal, 'first');
    await handle.query(workflows.itemsQuery);
    await first.shutdown();
    await sdk.startWorker({ taskQueue });
    const began = Date.now();
    await handle.signal(workflows.addSignal, 'second');
    expect(await handle.result()).toEqual(['first', 'second']);
    expect(Date.now() - began).toBeLessThan(4_000);
    const types = (await sdk.history(handle)).map((event) => event.eventType);
    expect(types.slice(types.lastIndexOf(26))).not.toContain(8);
  });

  test('worker shut down: the activity in its hands is finished first', async () => {
    const first = await sdk.startWorker({ shutdownGraceTime: '5s' });
    const { taskQueue } = first;
    const handle = await sdk.start(workflows.callActivity, {
      args: ['waitForRelease', { startToCloseTimeout: '20s' }],
      taskQueue,
    });
    await receive(`running ${handle.workflowId}`);
    const ended = first.shutdown();
    send(`release ${handle.workflowId}`, 'finished');
    await ended;
    await sdk.startWorker({ taskQueue });
    expect(await handle.result()).toBe('finished');
    const started = (await sdk.history(handle))[5]?.activityTaskStartedEventAttributes;
    expect(started?.attempt).toBe(1);
  });

  test('worker without a cache: does every task from the whole history', async () => {
    const { taskQueue } = await sdk.startWorker({ maxCachedWorkflows: 0 });
    const handle = await sdk.start(workflows.callInSequence, {
      args: ['echo', { startToCloseTimeout: '20s' }, 5],
      taskQueue,
    });
    expect(await handle.result()).toBe(5);
    const kinds = (await sdk.history(handle)).flatMap(
      (event) => event.workflowTaskScheduledEventAttributes?.taskQueue?.kind ?? [],
    );
    expect(new Set(kinds)).toEqual(new Set([1]));
  });

  test('terminate while it is running: failed by force, the answer comes too late', async () => {
    const name = randomUUID();
    const handle = await sdk.start(workflows.collectAfterActivity, {
      args: [`hold:${name}`, 0],
      taskQueue: gated.taskQueue,
    });
    await receive(`held ${name}`);
    await handle.terminate('at once');
    send(`release ${name}`);
    await expect(handle.result()).rejects.toThrow();
    expectHistory(
      await sdk.history(handle),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskFailed  cause=FORCE_CLOSE_COMMAND
       5 WorkflowExecutionTerminated  reason="at once"`,
    );
  });

  test('cancel while it is running: written behind its commands, seen by the next', async () => {
    const name = randomUUID();
    const handle = await sdk.start(workflows.collectAfterActivity, {
      args: [`hold:${name}`, 1],
      taskQueue: gated.taskQueue,
    });
    await receive(`held ${name}`);
    await handle.cancel();
    send(`release ${name}`);
    await expect(handle.result()).rejects.toThrow();
    expectHistory(
      (await sdk.history(handle)).slice(0, 7),
      `1 WorkflowExecutionStarted
       2 WorkflowTaskScheduled
       3 WorkflowTaskStarted
       4 WorkflowTaskCompleted
       5 ActivityTaskScheduled
       6 WorkflowExecutionCancelRequested
       7 WorkflowTaskScheduled`,
    );
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });
});
