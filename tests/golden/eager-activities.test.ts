// Eager activities: handed out with the answer to the completion that schedules them (wire-contract 3.15).

import {
  completeWorkflow,
  jsonPayloads,
  namespace,
  readPayloads,
  ScriptedRun,
  scheduleActivity,
} from '@perdure/testing/golden';
import { usesForeignServer } from '@perdure/testing/harness';
import { expect, test } from 'vitest';
import { expectEvents } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const eager = { requestEagerExecution: true };

// A server may ignore the wish, and the official one does unless it is configured otherwise.
test
  .skipIf(usesForeignServer())
  .concurrent(
    'asked for on the queue of the workflow: in the answer, started, and in no poll',
    async () => {
      const run = await ScriptedRun.start(server.raw);
      const command = scheduleActivity(run.taskQueue, 'a', { ...eager, input: jsonPayloads('in') });
      const answer = await run.completeWorkflowTask(await run.nextWorkflowTask(), [command]);
      const [task] = answer.activityTasks;
      if (task === undefined || task === null) throw new Error('no activity in the answer');
      expect(task).toMatchObject({
        workflowNamespace: namespace,
        workflowExecution: run.execution,
        workflowType: { name: 'golden-workflow' },
        activityType: { name: 'golden-activity' },
        activityId: 'a',
        attempt: 1,
        startToCloseTimeout: { seconds: 20 },
      });
      expect(readPayloads(task.input)).toEqual(['in']);
      expect((await run.describe()).pendingActivities[0]).toMatchObject({ state: 2, attempt: 1 });
      expect((await run.pollActivityTask(3_000)).taskToken.length).toBe(0);
      await run.completeActivity(task, 'eagerly');
      await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
      expectEvents(
        (await run.history()).slice(4, 8),
        `5 ActivityTaskScheduled
     6 ActivityTaskStarted  scheduledEventId=5 identity=golden attempt=1
     7 ActivityTaskCompleted  startedEventId=6 result=eagerly
     8 WorkflowTaskScheduled`,
      );
    },
  );

test.concurrent('not asked for: offered to polls', async () => {
  const run = await ScriptedRun.start(server.raw);
  const command = scheduleActivity(run.taskQueue, 'a');
  const answer = await run.completeWorkflowTask(await run.nextWorkflowTask(), [command]);
  expect(answer.activityTasks).toEqual([]);
  expect((await run.nextActivityTask()).activityId).toBe('a');
  await run.terminate('end of test');
});

test.concurrent('asked for by a TypeScript worker before 1.4.4: offered to polls', async () => {
  const run = await ScriptedRun.start(server.raw);
  const { taskToken } = await run.nextWorkflowTask();
  const commands = [scheduleActivity(run.taskQueue, 'a', eager)];
  const headers = { 'client-name': 'temporal-typescript', 'client-version': '1.4.3' };
  const request = { namespace, taskToken, commands };
  const answer = await server.raw.call('RespondWorkflowTaskCompleted', request, { headers });
  expect(answer.activityTasks).toEqual([]);
  expect((await run.nextActivityTask()).activityId).toBe('a');
  await run.terminate('end of test');
});
