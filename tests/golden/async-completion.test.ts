// Activities that are completed, failed, cancelled and kept alive by their id, by a client without a task token
// (wire-contract 1.3, 3.16).

import {
  applicationFailure,
  completeWorkflow,
  identity,
  jsonPayloads,
  namespace,
  readFailure,
  readPayloads,
  requestCancelActivity,
  ScriptedRun,
  scheduleActivity,
  statusOf,
} from '@perdure/testing/golden';
import { describe, expect, test } from 'vitest';
import { expectEvents } from '../expect-history.ts';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const activityId = 'a';
const notRunning =
  'NOT_FOUND invalid activityID or activity already timed out or invoking workflow is completed';

async function startWithActivity(attributes: object = {}): Promise<ScriptedRun> {
  const run = await ScriptedRun.start(server.raw);
  const command = scheduleActivity(run.taskQueue, activityId, attributes);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [command]);
  return run;
}
const named = ({ workflowId }: ScriptedRun) => ({ namespace, workflowId, activityId, identity });
const status = async (call: Promise<unknown>): Promise<string> => {
  const { code, message } = await statusOf(call);
  return `${code} ${message}`;
};

/** The events from 6 on. Closes the run. */
async function expectEnd(run: ScriptedRun, table: string): Promise<void> {
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
  expectEvents((await run.history()).slice(5, 5 + table.split('\n').length), table);
}

describe.concurrent('by id', () => {
  test('completed while it runs, in the current run', async () => {
    const run = await startWithActivity();
    const { attempt } = await run.nextActivityTask();
    expect(attempt).toBe(1);
    const result = jsonPayloads('by id');
    await server.raw.call('RespondActivityTaskCompletedById', { ...named(run), result });
    await expectEnd(
      run,
      `6 ActivityTaskStarted  attempt=1
       7 ActivityTaskCompleted  startedEventId=6 result="by id"`,
    );
  });

  test('completed before anybody took it: its start is made up, and nobody gets it', async () => {
    const run = await startWithActivity();
    const { runId } = run;
    const result = jsonPayloads('early');
    await server.raw.call('RespondActivityTaskCompletedById', { ...named(run), runId, result });
    expect((await run.pollActivityTask(3_000)).taskToken.length).toBe(0);
    await expectEnd(
      run,
      `6 ActivityTaskStarted  scheduledEventId=5 identity=golden requestId="" attempt=1
       7 ActivityTaskCompleted  scheduledEventId=5 startedEventId=6 identity=golden result=early`,
    );
  });

  test('failed, cancelled, alive before anybody took it: NOT_FOUND', async () => {
    const run = await startWithActivity();
    const failure = applicationFailure('x');
    const failed = server.raw.call('RespondActivityTaskFailedById', { ...named(run), failure });
    expect(await status(failed)).toBe(notRunning);
    const cancelled = server.raw.call('RespondActivityTaskCanceledById', named(run));
    expect(await status(cancelled)).toBe(notRunning);
    const alive = server.raw.call('RecordActivityTaskHeartbeatById', named(run));
    expect(await status(alive)).toBe(notRunning);
    await run.terminate('end of test');
  });

  test('failed: retried, with the details of its last heartbeat', async () => {
    const run = await startWithActivity({
      retryPolicy: { initialInterval: { nanos: 20_000_000 }, backoffCoefficient: 1 },
    });
    await run.nextActivityTask();
    const details = jsonPayloads('so far');
    await server.raw.call('RecordActivityTaskHeartbeatById', { ...named(run), details });
    const failure = applicationFailure('again');
    await server.raw.call('RespondActivityTaskFailedById', { ...named(run), failure });
    const second = await run.nextActivityTask();
    expect(second.attempt).toBe(2);
    expect(readPayloads(second.heartbeatDetails)).toEqual(['so far']);
    await run.terminate('end of test');
  });

  test('alive, told of the cancellation, cancelled', async () => {
    const run = await startWithActivity();
    await run.nextActivityTask();
    const details = jsonPayloads('beat');
    const beat = { ...named(run), details };
    expect(await server.raw.call('RecordActivityTaskHeartbeatById', beat)).toMatchObject({
      cancelRequested: false,
    });
    const [pending] = (await run.describe()).pendingActivities;
    expect(readPayloads(pending?.heartbeatDetails ?? new Uint8Array())).toEqual(['beat']);
    const early = server.raw.call('RespondActivityTaskCanceledById', named(run));
    expect(await status(early)).toBe(
      'INVALID_ARGUMENT unable to mark activity as canceled without activity being request canceled first',
    );
    await run.signal('stop');
    const task = await run.nextWorkflowTask();
    await run.completeWorkflowTask(task, [requestCancelActivity(5)]);
    expect(await server.raw.call('RecordActivityTaskHeartbeatById', beat)).toMatchObject({
      cancelRequested: true,
    });
    const bye = { ...named(run), details: jsonPayloads('bye') };
    await server.raw.call('RespondActivityTaskCanceledById', bye);
    expectEvents(
      (await run.history()).slice(9, 12),
      `10 ActivityTaskCancelRequested
       11 ActivityTaskStarted
       12 ActivityTaskCanceled  latestCancelRequestedEventId=10 details=bye identity=golden`,
    );
    await run.terminate('end of test');
  });

  test('what names nothing is refused', async () => {
    const run = await startWithActivity();
    const complete = (fields: object) =>
      status(server.raw.call('RespondActivityTaskCompletedById', { ...named(run), ...fields }));
    expect(await complete({ activityId: 'zz' })).toBe(
      'NOT_FOUND cannot find pending activity with ActivityID zz, check workflow execution history for more details',
    );
    expect(await complete({ activityId: '' })).toBe(
      'INVALID_ARGUMENT ActivityId is not set on request.',
    );
    expect(await complete({ workflowId: '' })).toBe(
      'INVALID_ARGUMENT WorkflowId is not set on request.',
    );
    expect(await complete({ runId: 'x' })).toMatch(/^INVALID_ARGUMENT /);
    expect(await complete({ workflowId: `${run.workflowId}-nobody` })).toMatch(/^NOT_FOUND /);
    await run.terminate('end of test');
    expect(await complete({})).toBe('NOT_FOUND workflow execution already completed');
  });
});

describe.concurrent('a report that is too large', () => {
  const large = jsonPayloads('x'.repeat(2 * 1024 * 1024));

  test('of a failure: cut, and the reporter is told so', async () => {
    const run = await startWithActivity();
    const { taskToken } = await run.nextActivityTask();
    const { failures } = await server.raw.call('RespondActivityTaskFailed', {
      namespace,
      taskToken,
      identity,
      failure: applicationFailure('y'.repeat(2 * 1024 * 1024)),
    });
    expect(failures.map((failure) => readFailure(failure).message)).toEqual([
      'Failure exceeds size limit.',
    ]);
    await expectEnd(
      run,
      `6 ActivityTaskStarted
       7 ActivityTaskFailed  failure.message="Failure exceeds size limit." retryState=NON_RETRYABLE_FAILURE identity=golden`,
    );
  });

  test('of the last heartbeat: left out, and the reporter is told so', async () => {
    const run = await startWithActivity({ retryPolicy: { maximumAttempts: 1 } });
    const { taskToken } = await run.nextActivityTask();
    const failure = applicationFailure('small');
    const { failures } = await server.raw.call('RespondActivityTaskFailed', {
      namespace,
      taskToken,
      failure,
      lastHeartbeatDetails: large,
    });
    expect(failures.map((each) => readFailure(each).message)).toEqual([
      'Heartbeat details exceed size limit.',
    ]);
    await expectEnd(run, '6 ActivityTaskStarted\n7 ActivityTaskFailed  failure.message=small');
  });

  test('of a result: the activity fails for good', async () => {
    const run = await startWithActivity();
    await run.nextActivityTask();
    await server.raw.call('RespondActivityTaskCompletedById', { ...named(run), result: large });
    await expectEnd(
      run,
      `6 ActivityTaskStarted
       7 ActivityTaskFailed  failure.message="Complete result exceeds size limit." failure.serverFailureInfo.nonRetryable=true retryState=NON_RETRYABLE_FAILURE identity=golden`,
    );
  });
});
