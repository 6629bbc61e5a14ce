// Queries: answered from the state that the history leads to, without a trace in it.

import { randomUUID } from 'node:crypto';
import {
  QueryNotRegisteredError,
  QueryRejectedError,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { receive, send } from './mailbox.ts';
import { payloadGate } from './payload-gate.ts';
import { type RunningWorker, sdkUnderTest } from './sdk-under-test.ts';
import * as workflows from './workflows/index.ts';

const sdk = sdkUnderTest();
let gated: RunningWorker;
beforeAll(async () => {
  gated = await sdk.startWorker({ dataConverter: { payloadCodecs: [payloadGate()] } });
});

type Collecting = WorkflowHandleWithFirstExecutionRunId<typeof workflows.collect>;
const startCollecting = (): Promise<Collecting> => sdk.start(workflows.collect, { args: [9] });

describe.concurrent('query', () => {
  test('direct: the state of a waiting workflow, and no event', async () => {
    const handle = await startCollecting();
    expect(await handle.query(workflows.itemsQuery)).toEqual([]);
    const before = (await sdk.history(handle)).length;
    expect(await handle.query(workflows.countFromQuery, 40)).toBe(40);
    expect((await sdk.history(handle)).length).toBe(before);
  });

  test('after a signal: sees what the signal did', async () => {
    const handle = await startCollecting();
    for (const count of [1, 2, 3]) {
      await handle.signal(workflows.addSignal, count);
      expect(await handle.query(workflows.countFromQuery, 0)).toBe(count);
    }
  });

  test('while a task is scheduled: answered with that task', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    const first = await sdk.startWorker({ taskQueue });
    const handle = await sdk.start(workflows.collect, { args: [9], taskQueue });
    expect(await handle.query(workflows.itemsQuery)).toEqual([]);
    await first.shutdown();
    await handle.signal(workflows.addSignal, 'while nobody works');
    const asked = handle.query(workflows.itemsQuery);
    await sdk.startWorker({ taskQueue });
    expect(await asked).toEqual(['while nobody works']);
    expect((await sdk.history(handle)).length).toBe(8);
  });

  test('while a task is running: answered after it', async () => {
    const name = randomUUID();
    const handle = await sdk.start(workflows.collectAfterActivity, {
      args: [`hold:${name}`, 2],
      taskQueue: gated.taskQueue,
    });
    await receive(`held ${name}`);
    await handle.signal(workflows.addSignal, 'buffered');
    const asked = handle.query(workflows.itemsQuery);
    send(`release ${name}`);
    expect(await asked).toEqual(['buffered']);
    await handle.signal(workflows.addSignal, 'last');
    expect(await handle.result()).toEqual(['buffered', 'last']);
  });

  test('before the first task: waits for a worker', async () => {
    const taskQueue = `compat-${randomUUID()}`;
    const handle = await sdk.start(workflows.collect, { args: [9], taskQueue });
    const asked = handle.query(workflows.itemsQuery);
    await sdk.startWorker({ taskQueue });
    expect(await asked).toEqual([]);
  });

  test('closed run: answered from its history', async () => {
    const handle = await startCollecting();
    await handle.signal(workflows.addSignal, 'kept');
    await handle.signal(workflows.finishSignal);
    await handle.result();
    expect(await handle.query(workflows.itemsQuery)).toEqual(['kept']);
  });

  test('many at once: each gets its own answer', async () => {
    const handle = await startCollecting();
    const bases = Array.from({ length: 20 }, (_, index) => index);
    const answers = await Promise.all(
      bases.map((base) => handle.query(workflows.countFromQuery, base)),
    );
    expect(answers).toEqual(bases);
  });

  test('failing handler: its message reaches the client, the workflow goes on', async () => {
    const handle = await startCollecting();
    const asked = handle.query(workflows.failingQuery, 'not today');
    await expect(asked).rejects.toThrow('not today');
    expect(await handle.query(workflows.itemsQuery)).toEqual([]);
  });

  test('unknown name: not registered', async () => {
    const handle = await startCollecting();
    await expect(handle.query('nobodyAnswers')).rejects.toThrow(QueryNotRegisteredError);
  });

  test('reject condition: a closed run is refused with its status', async () => {
    const handle = await startCollecting();
    await handle.signal(workflows.finishSignal);
    await handle.result();
    const strict = sdk.clientRejecting('NOT_OPEN').workflow.getHandle(handle.workflowId);
    await expect(strict.query(workflows.itemsQuery)).rejects.toThrow(QueryRejectedError);
    const clean = sdk
      .clientRejecting('NOT_COMPLETED_CLEANLY')
      .workflow.getHandle(handle.workflowId);
    expect(await clean.query(workflows.itemsQuery)).toEqual([]);
  });

  test('reject condition: a terminated run is refused as not completed cleanly', async () => {
    const handle = await startCollecting();
    await handle.terminate();
    const client = sdk.clientRejecting('NOT_COMPLETED_CLEANLY');
    const asked = client.workflow.getHandle(handle.workflowId).query(workflows.itemsQuery);
    await expect(asked).rejects.toMatchObject({ status: 5 });
  });
});
