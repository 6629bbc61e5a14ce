// The log lines of a running server: for machines, about everything, and without a byte of users' data.

import {
  applicationFailure,
  completeWorkflow,
  jsonPayload,
  jsonPayloads,
  namespace,
  RawClient,
  ScriptedRun,
  scheduleActivity,
} from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { expect, test } from 'vitest';

const marker = 'secret-of-a-user';
const fields = { fields: { note: jsonPayload(marker) } };

/** A workflow with the marker wherever a client or worker may put data. */
async function playMarked(client: RawClient): Promise<void> {
  const run = await ScriptedRun.start(client, {
    input: jsonPayloads(marker),
    memo: fields,
    header: fields,
  } as never);
  await run.signal('signal', { input: jsonPayloads(marker) });
  const input = { input: jsonPayloads(marker), retryPolicy: { initialInterval: { nanos: 1e6 } } };
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'a', input),
  ]);
  const attempt = await run.nextActivityTask();
  const details = { namespace, taskToken: attempt.taskToken, details: jsonPayloads(marker) };
  await client.call('RecordActivityTaskHeartbeat', details);
  await run.failActivity(attempt, applicationFailure(marker));
  await run.completeActivity(await run.nextActivityTask(), marker);
  await run.failWorkflowTask(await run.nextWorkflowTask(), marker);
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow(marker)]);
  const query = { queryType: 'state', queryArgs: jsonPayloads(marker) };
  const asked = client.call('QueryWorkflow', { namespace, execution: run.execution, query });
  const refused = expect(asked).rejects.toThrow(marker);
  const { taskToken } = await run.nextWorkflowTask();
  const answer = { namespace, taskToken, completedType: 2, errorMessage: marker };
  await client.call('RespondQueryTaskCompleted', answer);
  await refused;
}

test('at debug every call is a line of JSON, and nothing of users is in any', async () => {
  const server = await PerdureServer.start({
    args: ['--log-level', 'debug', '--log-format', 'json'],
  });
  const client = new RawClient(server.address);
  try {
    await playMarked(client);
    const garbage = client.call('DescribeNamespace', { namespace: 'no-such' });
    await expect(garbage).rejects.toThrow('no-such');
    await expect.poll(() => server.logs).toContain('no-such');
  } finally {
    client.close();
    await server.terminate();
  }
  const lines = server.logs.split('\n').filter((line) => line.startsWith('{'));
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const line of parsed) expect(Object.keys(line).slice(0, 2)).toEqual(['level', 'ts']);
  const operations = new Set(parsed.map(({ operation }) => operation));
  for (const operation of ['StartWorkflowExecution', 'PollActivityTaskQueue', 'QueryWorkflow']) {
    expect(operations).toContain(operation);
  }
  expect(parsed).toContainEqual(
    expect.objectContaining({ msg: 'a call was answered', namespace, code: 'OK' }),
  );
  expect(parsed.map(({ msg }) => msg)).toContain('the server answers');
  expect(parsed.at(-1)).toMatchObject({ level: 'info', msg: 'the server has ended' });
  expect(server.logs).not.toContain(marker);
});

test('at the level that a server has unless told otherwise, a workflow leaves no line', async () => {
  const server = await PerdureServer.start();
  const client = new RawClient(server.address);
  try {
    await playMarked(client);
  } finally {
    client.close();
    await server.terminate();
  }
  expect(server.logs).not.toMatch(/ (DEBUG|INFO|WARN|ERROR) /);
  expect(server.logs).not.toContain(marker);
});
