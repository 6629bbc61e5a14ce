// What is only carried comes out where the contract says: user metadata, headers, links, priority (wire-contract 2.2 to 2.4,
// 3.13, 3.16).

import {
  completeWorkflow,
  jsonPayload,
  namespace,
  ScriptedRun,
  scheduleActivity,
  startTimer,
} from '@perdure/testing/golden';
import { publicCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();

interface Metadata {
  readonly summary?: Uint8Array;
  readonly details?: Uint8Array;
}
const metadataCodec = publicCodec<Metadata>('temporal.api.sdk.v1.UserMetadata');
const headerCodec = publicCodec<{ fields: Record<string, Uint8Array> }>(
  'temporal.api.common.v1.Header',
);
const metadata = (summary: string, details = ''): Uint8Array =>
  metadataCodec.encode({
    summary: jsonPayload(summary),
    ...(details !== '' && { details: jsonPayload(details) }),
  });
const header = (value: string): Uint8Array =>
  headerCodec.encode({ fields: { tenant: jsonPayload(value) } });
const link = { workflowEvent: { namespace, workflowId: 'linked', runId: 'run' } };

test.concurrent('of a start: in its event, in describe, and for every worker', async () => {
  const priority = { priorityKey: 2, fairnessKey: 'tenant-a', fairnessWeight: 2.5 };
  const userMetadata = metadata('what it is', 'and more of it');
  const run = await ScriptedRun.start(server.raw, {
    userMetadata,
    header: header('a'),
    links: [link],
    priority,
  });
  const task = await run.nextWorkflowTask();
  const started = task.events[0];
  expect(Buffer.from(started?.userMetadata ?? [])).toEqual(Buffer.from(userMetadata));
  expect(started?.links[0]).toMatchObject(link);
  const attributes = started?.workflowExecutionStartedEventAttributes;
  expect(attributes?.priority).toMatchObject(priority);
  expect(Buffer.from(attributes?.header ?? [])).toEqual(Buffer.from(header('a')));
  const described = await run.describe();
  expect(Buffer.from(described.executionConfig?.userMetadata ?? [])).toEqual(
    Buffer.from(userMetadata),
  );
  expect(described.workflowExecutionInfo?.priority).toMatchObject(priority);
  await run.completeWorkflowTask(task, [completeWorkflow()]);
});

test.concurrent('of commands: on their events', async () => {
  const run = await ScriptedRun.start(server.raw);
  const commands = [startTimer('t', 60_000), scheduleActivity(run.taskQueue, 'a')];
  const told = commands.map((command, index) => ({
    ...command,
    userMetadata: metadata(`command ${index}`),
  }));
  await run.completeWorkflowTask(await run.nextWorkflowTask(), told);
  const events = (await run.history()).slice(4);
  expect(events.map((event) => Buffer.from(event.userMetadata))).toEqual([
    Buffer.from(metadata('command 0')),
    Buffer.from(metadata('command 1')),
  ]);
  await run.terminate('end of test');
});

test.concurrent('of an activity: header, and the priority of the workflow where it has none of its own', async () => {
  const run = await ScriptedRun.start(server.raw, {
    priority: { priorityKey: 4, fairnessKey: 'tenant-b' },
  });
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'a', { header: header('b'), priority: { priorityKey: 1 } }),
  ]);
  const own = await run.nextActivityTask();
  expect(own.priority).toMatchObject({ priorityKey: 1, fairnessKey: 'tenant-b' });
  expect(Buffer.from(own.header)).toEqual(Buffer.from(header('b')));
  const [pending] = (await run.describe()).pendingActivities;
  expect(pending?.priority).toMatchObject({ priorityKey: 1 });
  await run.completeActivity(own, 'done');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [
    scheduleActivity(run.taskQueue, 'b'),
  ]);
  const inherited = await run.nextActivityTask();
  expect(inherited.priority).toMatchObject({ priorityKey: 4, fairnessKey: 'tenant-b' });
  await run.terminate('end of test');
});

test.concurrent('of a signal and a cancellation: links and header on their events', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.signal('s', { links: [link], header: header('c') });
  await server.raw.call('RequestCancelWorkflowExecution', {
    namespace,
    workflowExecution: run.execution,
    links: [link],
  });
  const [signalled, cancelled] = (await run.history()).slice(2);
  expect(signalled?.links[0]).toMatchObject(link);
  const attributes = signalled?.workflowExecutionSignaledEventAttributes;
  expect(Buffer.from(attributes?.header ?? [])).toEqual(Buffer.from(header('c')));
  expect(cancelled?.links[0]).toMatchObject(link);
  await run.terminate('end of test');
});
