// Limits on the wire (wire-contract section 5): one below, at, and one above, with the code and the text.

import {
  applicationFailure,
  type CommandInit,
  completeWorkflow,
  eventTypeName,
  jsonPayload,
  jsonPayloads,
  memoOf,
  modifyMemo,
  namespace,
  rawCommand,
  readFailure,
  recordMarker,
  ScriptedRun,
  scheduleActivity,
  statusOf,
} from '@perdure/testing/golden';
import { describe, expect, test } from 'vitest';
import { serverUnderTest } from '../server-under-test.ts';

const server = serverUnderTest();
const around = [-1, 0, 1] as const;
const blobBytes = 2 * 1024 * 1024;
const nameBytes = 1_000;

/** User data of exactly so many bytes, made by what encodes a text. */
function ofBytes(bytes: number, encode: (text: string) => Uint8Array): Uint8Array {
  let length = bytes;
  // What stands before the text gets shorter with it, once or twice.
  for (let tries = 0; tries < 8; tries++) {
    const encoded = encode('x'.repeat(length));
    if (encoded.length === bytes) return encoded;
    length += bytes - encoded.length;
  }
  throw new Error(`nothing has ${bytes} bytes`);
}
const payloads = (bytes: number): Uint8Array => ofBytes(bytes, jsonPayloads);
const memo = (bytes: number): Uint8Array =>
  ofBytes(bytes, (text) => memoOf({ a: jsonPayload(text) }));

/** `OK`, or the code and text of the refusal. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'OK',
    async () => {
      const { code, message } = await statusOf(call);
      return `${code} ${message}`;
    },
  );
}

describe.concurrent('requests', () => {
  const start = (request: object) => () => new ScriptedRun(server.raw).start(request);
  const signal = (name: string, request: object) => async () => {
    const run = await ScriptedRun.start(server.raw);
    await run.signal(name, request);
    await run.terminate('end of test');
  };
  const unique = (bytes: number): string => {
    const id = `${Date.now()}-${Math.floor(performance.now() * 1000)}-`;
    return id + 'w'.repeat(bytes - id.length);
  };
  const cases: readonly [string, string, (over: number) => () => Promise<unknown>][] = [
    [
      'input of a start',
      'Blob data size exceeds limit.',
      (over) => start({ input: payloads(blobBytes + over) }),
    ],
    [
      'memo of a start',
      'Memo size exceeds limit.',
      (over) => start({ memo: memo(blobBytes + over) }),
    ],
    [
      'workflow id',
      'WorkflowId length exceeds limit.',
      (over) => start({ workflowId: unique(nameBytes + over) }),
    ],
    [
      'workflow type',
      'WorkflowType length exceeds limit.',
      (over) => start({ workflowType: { name: 't'.repeat(nameBytes + over) } }),
    ],
    [
      'request id of a start',
      'RequestId length exceeds limit.',
      (over) => start({ requestId: unique(nameBytes + over) }),
    ],
    [
      'input of a signal',
      'Blob data size exceeds limit.',
      (over) => signal('s', { input: payloads(blobBytes + over) }),
    ],
    [
      'name of a signal',
      'SignalName length exceeds limit.',
      (over) => signal('n'.repeat(nameBytes + over), {}),
    ],
    [
      'request id of a signal',
      'RequestId length exceeds limit.',
      (over) => signal('s', { requestId: 'r'.repeat(nameBytes + over) }),
    ],
    [
      'links of a start',
      'cannot attach more than 10 links per request, got 11',
      (over) =>
        start({
          links: Array.from({ length: 10 + over }, (_, index) => ({
            workflowEvent: { namespace, workflowId: `w${index}`, runId: 'r' },
          })),
        }),
    ],
  ];
  for (const [title, text, request] of cases) {
    test.each(around)(`${title}: %i`, async (over) => {
      const outcome = await outcomeOf(request(over)());
      expect(outcome).toBe(over > 0 ? `INVALID_ARGUMENT ${text}` : 'OK');
    });
  }
});

describe.concurrent('commands: over the limit the workflow is terminated', () => {
  const failureOf = (bytes: number): Uint8Array => ofBytes(bytes, applicationFailure);
  const cases: readonly [string, (queue: string, bytes: number) => CommandInit][] = [
    [
      'BadScheduleActivityAttributes: ScheduleActivityTaskCommandAttributes.Input exceeds size limit.',
      (queue, bytes) => scheduleActivity(queue, 'a', { input: payloads(bytes) }),
    ],
    [
      'BadRecordMarkerAttributes: RecordMarkerCommandAttributes.Details exceeds size limit.',
      (_, bytes) => recordMarker('m', { details: { abc: payloads(bytes - 3) } }),
    ],
    [
      'BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit.',
      // A memo is a little larger as a whole than its fields, by which the command itself is judged.
      (_, bytes) => ({
        ...modifyMemo({}),
        modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: memo(bytes) },
      }),
    ],
    [
      'BadScheduleActivityAttributes: CompleteWorkflowExecutionCommandAttributes.Result exceeds size limit.',
      (_, bytes) =>
        rawCommand('COMPLETE_WORKFLOW_EXECUTION', {
          completeWorkflowExecutionCommandAttributes: { result: payloads(bytes) },
        }),
    ],
    [
      'BadFailWorkflowExecutionAttributes: FailWorkflowExecutionCommandAttributes.Failure exceeds size limit.',
      (_, bytes) =>
        rawCommand('FAIL_WORKFLOW_EXECUTION', {
          failWorkflowExecutionCommandAttributes: { failure: failureOf(bytes) },
        }),
    ],
  ];
  for (const [text, command] of cases) {
    test.each(around)(`${text} %i`, async (over) => {
      const run = await ScriptedRun.start(server.raw);
      const task = await run.nextWorkflowTask();
      const completion = run.completeWorkflowTask(task, [command(run.taskQueue, blobBytes + over)]);
      expect(await outcomeOf(completion)).toBe(over > 0 ? `INVALID_ARGUMENT ${text}` : 'OK');
      const events = await run.history();
      if (over > 0) {
        expect(events.slice(3).map(({ eventType }) => eventTypeName(eventType))).toEqual([
          'WorkflowTaskFailed',
          'WorkflowExecutionTerminated',
        ]);
        const ended = events[4]?.workflowExecutionTerminatedEventAttributes;
        expect(ended).toMatchObject({ reason: text, identity: 'history-service' });
        return;
      }
      expect(eventTypeName(events[3]?.eventType ?? 0)).toBe('WorkflowTaskCompleted');
      const next = await run.describe();
      if (next.workflowExecutionInfo?.status === 1) await run.terminate('end of test');
    });
  }
});

test.concurrent('a failure of a workflow task: cut, with what it says first', async () => {
  const run = await ScriptedRun.start(server.raw);
  await run.failWorkflowTask(await run.nextWorkflowTask(), 'x'.repeat(blobBytes));
  const failure = (await run.history())[3]?.workflowTaskFailedEventAttributes?.failure;
  expect(failure?.length).toBeLessThan(600 * 1024);
  expect(readFailure(failure ?? new Uint8Array()).message).toBe('Failure exceeds size limit.');
  await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow()]);
});
