import { expect, test } from 'vitest';
import {
  admitted,
  long,
  mixedSigns,
  nul,
  refusalOf,
  rows,
  tooMuch,
} from '../../fixtures/spoiled.ts';

const invalid = 'INVALID_ARGUMENT';
const sticky = { name: 'sticky-1', kind: 2 };
const stickyWithoutNormalName =
  'NormalName must be set on sticky queue when UseVersioning is true or DeploymentOptions are set.';

const polls = {
  'Identity length exceeds limit.': [{ identity: long }],
  'WorkerInstanceKey length exceeds limit.': [{ workerInstanceKey: long }],
  'taskQueue is not set': [{ taskQueue: null }],
  'missing task queue name': [{ taskQueue: {} }],
  'taskQueue length exceeds limit.': [
    { taskQueue: { name: long } },
    { taskQueue: { ...sticky, normalName: long } },
  ],
  'taskQueue must not contain NUL characters.': [{ taskQueue: { name: nul } }],
  'task queue name cannot start with reserved prefix /_sys/': [{ taskQueue: { name: '/_sys/q' } }],
  [stickyWithoutNormalName]: [{ taskQueue: sticky, deploymentOptions: {} }],
};
const versionedPolls = {
  'deployment_options.worker_versioning_mode VERSIONED is not supported by this server version.': [
    { deploymentOptions: { deploymentName: 'd', buildId: 'b', workerVersioningMode: 2 } },
  ],
};
const versioningDisabled =
  'Worker versioning in workflow progress APIs is disabled on this namespace.';
const stampedPolls = {
  [versioningDisabled]: [{ workerVersionCapabilities: { buildId: 'b', useVersioning: true } }],
};
const reports = {
  'Identity length exceeds limit.': [{ identity: long }],
  'Task token not set on request.': [{ taskToken: new Uint8Array() }],
};
const stickyCompletion = (workerTaskQueue: object, scheduleToStartTimeout = {}) => ({
  stickyAttributes: { workerTaskQueue, scheduleToStartTimeout },
});

const table = [
  ...rows('PollWorkflowTaskQueue', invalid, polls),
  ...rows('PollWorkflowTaskQueue', 'UNIMPLEMENTED', versionedPolls),
  ...rows('PollWorkflowTaskQueue', 'PERMISSION_DENIED', stampedPolls),
  ...rows('PollActivityTaskQueue', invalid, {
    ...polls,
    'MaxTasksPerSecond must not be negative.': [
      { taskQueueMetadata: { maxTasksPerSecond: { value: -1 } } },
      { taskQueueMetadata: { maxTasksPerSecond: { value: Number.NaN } } },
    ],
  }),
  ...rows('PollActivityTaskQueue', 'UNIMPLEMENTED', versionedPolls),
  ...rows('PollActivityTaskQueue', 'PERMISSION_DENIED', stampedPolls),
  ...rows('ShutdownWorker', invalid, {
    'StickyTaskQueue length exceeds limit.': [{ stickyTaskQueue: long }],
    'StickyTaskQueue must not contain NUL characters.': [{ stickyTaskQueue: nul }],
    'TaskQueue length exceeds limit.': [{ taskQueue: long }],
    'WorkerInstanceKey length exceeds limit.': [{ workerInstanceKey: long }],
    'Identity length exceeds limit.': [{ identity: long }],
  }),
  ...rows('RespondWorkflowTaskCompleted', invalid, {
    ...reports,
    'missing task queue name': [stickyCompletion({})],
    'invalid ScheduleToStartTimeout: negative duration': [
      stickyCompletion({ name: 'sticky-1' }, { seconds: -1 }),
    ],
    'invalid ScheduleToStartTimeout: duration has seconds and nanos with different signs': [
      stickyCompletion({ name: 'sticky-1' }, mixedSigns),
    ],
    [stickyWithoutNormalName]: [{ ...stickyCompletion(sticky), deploymentOptions: {} }],
  }),
  ...rows('RespondWorkflowTaskCompleted', 'UNIMPLEMENTED', {
    ...versionedPolls,
    'intermediate_page is not supported by this server version.': [
      { intermediatePage: true },
      { pageNumber: 1 },
    ],
  }),
  ...rows('RespondWorkflowTaskCompleted', 'PERMISSION_DENIED', {
    [versioningDisabled]: [{ workerVersionStamp: { useVersioning: true } }],
  }),
  ...rows('RespondWorkflowTaskFailed', invalid, reports),
  ...rows('RespondActivityTaskCompleted', invalid, reports),
  ...rows('RespondActivityTaskCanceled', invalid, reports),
  ...rows('RecordActivityTaskHeartbeat', invalid, reports),
  ...rows('RespondActivityTaskFailed', invalid, {
    ...reports,
    // A failure of a message ("no") and nothing else.
    'Failure must have ApplicationFailureInfo.': [{ failure: Buffer.from('0a026e6f', 'hex') }],
    'not a temporal.api.workflowservice.v1.RespondActivityTaskFailedRequest: field 1 is cut off': [
      { failure: Buffer.from('0a096e', 'hex') },
    ],
  }),
  ...(
    [
      'RespondActivityTaskCompletedById',
      'RespondActivityTaskFailedById',
      'RespondActivityTaskCanceledById',
      'RecordActivityTaskHeartbeatById',
    ] as const
  ).flatMap((rpc) =>
    rows(rpc, invalid, {
      'WorkflowId is not set on request.': [{ workflowId: '' }],
      'ActivityId is not set on request.': [{ activityId: '' }],
      'ActivityId length exceeds limit.': [{ activityId: long }],
      'Invalid RunId.': [{ runId: 'x' }],
      'Identity length exceeds limit.': [{ identity: long }],
    }),
  ),
  ...rows('RespondActivityTaskFailedById', invalid, {
    'Failure must have ApplicationFailureInfo.': [{ failure: Buffer.from('0a0178', 'hex') }],
  }),
  ...rows('RespondQueryTaskCompleted', invalid, {
    'Task token not set on request.': [{ taskToken: new Uint8Array() }],
    'Invalid CompletedType: 3': [{ completedType: 3 }],
  }),
];

test.each(table)('$rpc refuses: $text', async ({ rpc, fields, text }) => {
  expect(await refusalOf(rpc, fields)).toEqual({ text, detail: undefined });
});

test('what stock workers always send is taken', async () => {
  const versioning = {
    workerVersionCapabilities: { buildId: 'b' },
    deploymentOptions: { buildId: 'b', workerVersioningMode: 1 },
  };
  const taskQueue = { ...sticky, normalName: 'orders' };
  const poll = await admitted('PollWorkflowTaskQueue', { ...versioning, taskQueue });
  expect(poll).toMatchObject({ taskQueue });
  await admitted('PollActivityTaskQueue', versioning);
  await admitted('RespondWorkflowTaskCompleted', { workerVersionStamp: { buildId: 'b' } });
  await admitted('RespondActivityTaskFailed', { failure: Buffer.from('0a026e6f2a00', 'hex') });
});

test('sticky attributes without a queue are none', async () => {
  const request = await admitted('RespondWorkflowTaskCompleted', { stickyAttributes: {} });
  expect(request).toMatchObject({ stickyAttributes: null });
});

test('a query answer that is too long becomes a failure that says so', async () => {
  const request = await admitted('RespondQueryTaskCompleted', {
    completedType: 1,
    queryResult: tooMuch,
  });
  expect(request).toMatchObject({
    completedType: 2,
    errorMessage: 'Blob data size exceeds limit.',
    queryResult: new Uint8Array(),
  });
});
