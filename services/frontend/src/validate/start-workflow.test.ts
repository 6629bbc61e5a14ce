import { publicCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import {
  admitted,
  blob,
  long,
  mixedSigns,
  nul,
  refusalOf,
  rows,
  tooMuch,
} from '../../fixtures/spoiled.ts';

const payloadCodec = publicCodec<{ metadata?: Record<string, Uint8Array>; data?: Uint8Array }>(
  'temporal.api.common.v1.Payload',
);
const start = 'StartWorkflowExecution';
const attribute = (name: string, json = '"value"') => ({
  searchAttributes: { indexedFields: { [name]: jsonText(json) } },
});
/** A JSON payload of that text. */
function jsonText(json: string): Uint8Array {
  const metadata = { encoding: Buffer.from('json/plain') };
  return payloadCodec.encode({ metadata, data: Buffer.from(json) });
}
/** A JSON list of one string, that many bytes long. */
const list = (bytes: number): string => `["${'x'.repeat(bytes - 4)}"]`;
const manyAttributes = (count: number) => ({
  searchAttributes: {
    indexedFields: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`Keyword${index}`, jsonText('"x"')]),
    ),
  },
});
const retries = (retryPolicy: object) => ({ retryPolicy });

const invalid = rows(start, 'INVALID_ARGUMENT', {
  'WorkflowId is not set on request.': [{ workflowId: '' }],
  'WorkflowId length exceeds limit.': [{ workflowId: long }, { workflowId: 'ä'.repeat(501) }],
  'WorkflowId must not contain NUL characters.': [{ workflowId: nul }],
  'WorkflowType is not set on request.': [{ workflowType: null }, { workflowType: { name: '' } }],
  'WorkflowType length exceeds limit.': [{ workflowType: { name: long } }],
  'WorkflowType must not contain NUL characters.': [{ workflowType: { name: nul } }],
  'taskQueue is not set': [{ taskQueue: null }],
  'missing task queue name': [{ taskQueue: { name: '' } }],
  'taskQueue length exceeds limit.': [{ taskQueue: { name: long } }],
  'taskQueue must not contain NUL characters.': [{ taskQueue: { name: nul } }],
  'task queue name cannot start with reserved prefix /_sys/': [{ taskQueue: { name: '/_sys/q' } }],
  'task queue kind 9 is not known': [{ taskQueue: { name: 'q', kind: 9 } }],
  'Identity length exceeds limit.': [{ identity: long }],
  'RequestId length exceeds limit.': [{ requestId: long }],
  'RequestId must not contain NUL characters.': [{ requestId: nul }],

  'Invalid WorkflowIdReusePolicy: 5': [{ workflowIdReusePolicy: 5 }],
  'Invalid WorkflowIdReusePolicy: -1': [{ workflowIdReusePolicy: -1 }],
  'Invalid WorkflowIdConflictPolicy: 4': [{ workflowIdConflictPolicy: 4 }],
  'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy':
    [{ workflowIdReusePolicy: 4, workflowIdConflictPolicy: 1 }],
  'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING':
    [{ workflowIdReusePolicy: 3, workflowIdConflictPolicy: 3 }],

  'An invalid WorkflowExecutionTimeoutSeconds is set on request. cause: negative duration': [
    { workflowExecutionTimeout: { seconds: -1 } },
    { workflowExecutionTimeout: { nanos: -1 } },
  ],
  'An invalid WorkflowRunTimeoutSeconds is set on request. cause: negative duration': [
    { workflowRunTimeout: { seconds: -1, nanos: -1 } },
  ],
  'An invalid WorkflowTaskTimeoutSeconds is set on request. cause: duration has seconds and nanos with different signs':
    [{ workflowTaskTimeout: mixedSigns }],
  'An invalid WorkflowStartDelaySeconds is set on request. cause: negative duration': [
    { workflowStartDelay: { seconds: -5 } },
  ],
  'CronSchedule and WorkflowStartDelay may not be used together.': [
    { cronSchedule: '* * * * *', workflowStartDelay: { seconds: 1 } },
  ],

  'invalid InitialInterval set on retry policy: negative duration': [
    retries({ initialInterval: { seconds: -1 } }),
  ],
  'invalid MaximumInterval set on retry policy: duration has seconds and nanos with different signs':
    [retries({ maximumInterval: mixedSigns })],
  'BackoffCoefficient cannot be less than 1 on retry policy.': [
    retries({ backoffCoefficient: 0.5 }),
    retries({ backoffCoefficient: -2 }),
    retries({ backoffCoefficient: Number.NaN }),
  ],
  'MaximumInterval cannot be less than InitialInterval on retry policy.': [
    retries({ initialInterval: { seconds: 2 }, maximumInterval: { seconds: 1, nanos: 9e8 } }),
  ],
  'MaximumAttempts cannot be negative on retry policy.': [retries({ maximumAttempts: -1 })],
  'Invalid timeout type value: Never.': [
    retries({ nonRetryableErrorTypes: ['Mine', 'TemporalTimeout:Never'] }),
  ],

  "priority key can't be negative": [{ priority: { priorityKey: -1 } }],
  'fairness key length exceeds limit': [{ priority: { fairnessKey: 'x'.repeat(65) } }],
  'must be greater than zero': [
    { priority: { fairnessWeight: -1 } },
    { priority: { fairnessWeight: Number.NaN } },
  ],
  'cannot attach more than 10 links per request, got 11': [
    { links: Array.from({ length: 11 }, () => ({})) },
  ],
  'link exceeds allowed size of 4000, got 4006': [
    { links: [{ batchJob: { jobId: 'x'.repeat(4_000) } }] },
  ],
  'search attribute Colour is not defined': [attribute('Colour')],
  'search attribute __proto__ is not defined': [attribute('__proto__')],
  "RunId attribute can't be set in SearchAttributes": [attribute('RunId')],
  'search attribute BuildIds value size 2049 exceeds size limit 2048': [
    attribute('BuildIds', list(2_049)),
  ],
  'invalid value for search attribute BuildIds of type KeywordList: one': [
    attribute('BuildIds', '"one"'),
  ],
  'number of search attributes 101 exceeds limit 100': [manyAttributes(101)],
  'Blob data size exceeds limit.': [{ input: tooMuch }],
  'Memo size exceeds limit.': [{ memo: tooMuch }],
  'attaching request ID is required for attaching completion callbacks': [
    { onConflictOptions: { attachCompletionCallbacks: true } },
  ],
});

const later = rows(start, 'UNIMPLEMENTED', {
  'time_skipping_config is not supported by this server version.': [{ timeSkippingConfig: {} }],
  'cron_schedule is not supported by this server version.': [{ cronSchedule: '* * * * *' }],
  'completion_callbacks is not supported by this server version.': [{ completionCallbacks: [{}] }],
  'versioning_override is not supported by this server version.': [{ versioningOverride: {} }],
  'on_conflict_options is not supported by this server version.': [
    { onConflictOptions: { attachLinks: true } },
    { onConflictOptions: { attachRequestId: true } },
  ],
});

const withSignal = rows('SignalWithStartWorkflowExecution', 'INVALID_ARGUMENT', {
  'SignalName is not set on request.': [{ signalName: '' }],
  'SignalName length exceeds limit.': [{ signalName: 'x'.repeat(1_001) }],
  'WorkflowId is not set on request.': [{ workflowId: '' }],
  'WorkflowType is not set on request.': [{ workflowType: null }],
  'taskQueue is not set': [{ taskQueue: null }],
  'CronSchedule and WorkflowStartDelay may not be used together.': [
    { cronSchedule: '* * * * *', workflowStartDelay: { seconds: 1 } },
  ],
  'An invalid WorkflowStartDelaySeconds is set on request. cause: negative duration': [
    { workflowStartDelay: { seconds: -1 } },
  ],
  'MaximumAttempts cannot be negative on retry policy.': [retries({ maximumAttempts: -1 })],
  'Blob data size exceeds limit.': [{ signalInput: tooMuch }, { input: tooMuch }],
  'Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.':
    [{ workflowIdConflictPolicy: 1 }],
});

test.each([...invalid, ...later, ...withSignal])(
  '$rpc refuses: $text',
  async ({ rpc, fields, text }) => {
    expect(await refusalOf(rpc, fields)).toEqual({ text, detail: undefined });
  },
);

test('a start is filled in as the history shows it', async () => {
  const fields = { taskQueue: { name: 'q' }, requestId: '', retryPolicy: {} };
  expect(await admitted(start, fields)).toMatchObject({
    requestId: expect.stringMatching(/^id-\d+$/) as string,
    taskQueue: { name: 'q', kind: 1 },
    workflowIdReusePolicy: 1,
    workflowIdConflictPolicy: 1,
    retryPolicy: {
      initialInterval: { seconds: 1 },
      backoffCoefficient: 2,
      maximumInterval: { seconds: 100 },
    },
  });
});

test('a signal that also starts uses the run that is there', async () => {
  const request = await admitted('SignalWithStartWorkflowExecution', { requestId: '' });
  expect(request).toMatchObject({
    requestId: expect.stringMatching(/^id-\d+$/) as string,
    workflowIdReusePolicy: 1,
    workflowIdConflictPolicy: 2,
  });
});

test('the longest interval follows from the first', async () => {
  const request = await admitted(start, retries({ initialInterval: { nanos: 250_000_000 } }));
  const maximumInterval = { seconds: 25, nanos: 0 };
  expect(request).toMatchObject({ retryPolicy: { maximumInterval } });
});

test('terminate-if-running becomes the conflict policy', async () => {
  const request = await admitted(start, { workflowIdReusePolicy: 4 });
  expect(request).toMatchObject({ workflowIdReusePolicy: 1, workflowIdConflictPolicy: 3 });
});

test('durations are capped at 100 years', async () => {
  const request = await admitted(start, {
    workflowRunTimeout: { seconds: 1e12, nanos: 5 },
    workflowTaskTimeout: { seconds: 20 },
  });
  expect(request).toMatchObject({
    workflowRunTimeout: { seconds: 3_153_600_000, nanos: 0 },
    workflowTaskTimeout: { seconds: 20 },
  });
});

test('a policy of one attempt is not looked at', async () => {
  const retryPolicy = { maximumAttempts: 1, backoffCoefficient: 0.1 };
  expect(await admitted(start, { retryPolicy })).toMatchObject({ retryPolicy });
});

test('what stock SDKs always send is taken, and limits are themselves allowed', async () => {
  const fields = {
    requestEagerExecution: true,
    workflowStartDelay: {},
    onConflictOptions: {},
    eagerWorkerDeploymentOptions: { buildId: 'b', workerVersioningMode: 1 },
    priority: {},
    input: blob(tooMuch.length - 1),
    workflowId: 'x'.repeat(1_000),
    ...attribute('BuildIds', list(2_048)),
  };
  expect(await admitted(start, fields)).toMatchObject({ workflowId: fields.workflowId });
});
