// One restart, after a kill or a polite end: what was in hand before it is finished after it.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  completeWorkflow,
  namespace,
  RawClient,
  ScriptedRun,
  scheduleActivity,
  startTimer,
  statusOf,
} from '@perdure/testing/golden';
import { PerdureServer, pythonEnvironment, usesForeignServer } from '@perdure/testing/harness';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { expectEvents, expectHistory } from '../expect-history.ts';
import { PersistentClient } from './persistent-client.ts';

const python = await pythonEnvironment();
const ends = ['kill', 'terminate'] as const;

async function startServer(): Promise<{ server: PerdureServer; raw: RawClient }> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-restart-'));
  const server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db') });
  const raw = new RawClient(server.address);
  onTestFailed(() => console.log(server.logs.split('\n').slice(-100).join('\n')));
  onTestFinished(async () => {
    raw.close();
    await server.kill();
    rmSync(folder, { recursive: true });
  });
  return { server, raw };
}

test.skipIf(usesForeignServer() || python.kind === 'missing')(
  'restart: a Python workflow in flight at kill -9 finishes after it',
  async () => {
    const { server } = await startServer();
    const interpreter = python.kind === 'ready' ? python.python : '';
    const child = spawn(interpreter, [join(import.meta.dirname, 'hello.py'), server.address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill();
    });
    const ended = once(child, 'exit');
    const lines: string[] = [];
    const output = createInterface(child.stdout);
    const started = once(output, 'line');
    output.on('line', (line) => lines.push(line));
    await started;
    await server.kill();
    await server.start();
    await ended;
    expect(lines).toEqual(['started', 'Hello, restart!']);
  },
);

for (const end of ends) {
  test.skipIf(usesForeignServer())(
    `restart after ${end}: what was acknowledged is there, and every kind of task goes on`,
    async () => {
      const { server, raw } = await startServer();
      const activityRun = await ScriptedRun.start(raw);
      const timerRun = await ScriptedRun.start(raw);
      const waitingRun = await ScriptedRun.start(raw);
      const closedRun = await ScriptedRun.start(raw);
      const taskRun = await ScriptedRun.start(raw);
      await activityRun.completeWorkflowTask(await activityRun.nextWorkflowTask(), [
        scheduleActivity(activityRun.taskQueue, 'taken'),
        scheduleActivity(activityRun.taskQueue, 'waiting'),
      ]);
      const taken = await activityRun.nextActivityTask();
      await timerRun.completeWorkflowTask(await timerRun.nextWorkflowTask(), [
        startTimer('t', 2_000),
      ]);
      const requestId = randomUUID();
      await waitingRun.signal('kept', { requestId });
      await closedRun.completeWorkflowTask(await closedRun.nextWorkflowTask(), [
        completeWorkflow('kept'),
      ]);
      const workflowTask = await taskRun.nextWorkflowTask();

      if (end === 'kill') await server.kill();
      else await server.terminate();
      await server.start();
      await new PersistentClient(raw).call('GetSystemInfo', {});

      await taskRun.completeWorkflowTask(workflowTask, [completeWorkflow('in hand')]);
      await activityRun.completeActivity(taken, 'in hand');
      const left = await activityRun.nextActivityTask();
      expect([taken.activityId, left.activityId].toSorted()).toEqual(['taken', 'waiting']);
      await waitingRun.signal('kept', { requestId });
      await waitingRun.completeWorkflowTask(await waitingRun.nextWorkflowTask(), [
        completeWorkflow(),
      ]);
      await timerRun.completeWorkflowTask(await timerRun.nextWorkflowTask(), [completeWorkflow()]);
      expectHistory(
        await waitingRun.history(),
        `1 WorkflowExecutionStarted
         2 WorkflowTaskScheduled
         3 WorkflowExecutionSignaled  signalName=kept
         4 WorkflowTaskStarted
         5 WorkflowTaskCompleted
         6 WorkflowExecutionCompleted`,
      );
      expectEvents(
        (await timerRun.history()).slice(4, 6),
        `5 TimerStarted
         6 TimerFired`,
      );
      expect((await closedRun.history()).length).toBe(5);
      expect((await statusOf(closedRun.signal('late'))).code).toBe('NOT_FOUND');
      const namespaces = await raw.call('DescribeNamespace', { namespace });
      expect(namespaces.namespaceInfo?.name).toBe('default');
    },
  );
}
