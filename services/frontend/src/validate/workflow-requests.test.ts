import { expect, test } from 'vitest';
import { admitted, long, nul, refusalOf, rows, tooMuch } from '../../fixtures/spoiled.ts';

const workflowId = 'order-1';

/** How every request that names a run by `execution` is judged. */
const byExecution = {
  'Execution is not set on request.': [{ execution: null }],
  'WorkflowId is not set on request.': [{ execution: {} }],
  'WorkflowId length exceeds limit.': [{ execution: { workflowId: long } }],
  'WorkflowId must not contain NUL characters.': [{ execution: { workflowId: nul } }],
  'Invalid RunId.': [
    { execution: { workflowId, runId: 'latest' } },
    { execution: { workflowId, runId: '5f2d3f4e7d9c4e578f3a0b1c2d3e4f50' } },
    { execution: { workflowId, runId: ' 5f2d3f4e-7d9c-4e57-8f3a-0b1c2d3e4f50' } },
  ],
};

/** The same for those that call the field `workflowExecution`. */
const byWorkflowExecutionAlone = Object.fromEntries(
  Object.entries(byExecution).map(([text, requests]) => [
    text,
    requests.map(({ execution }) => ({ workflowExecution: execution })),
  ]),
);

/** And what those that change a run have in common. */
const byWorkflowExecution = {
  ...byWorkflowExecutionAlone,
  'Identity length exceeds limit.': [{ identity: long }],
  'cannot attach more than 10 links per request, got 12': [
    { links: Array.from({ length: 12 }, () => ({})) },
  ],
};

const invalid = 'INVALID_ARGUMENT';
const pages = { 'Invalid PageSize.': [{ maximumPageSize: -1 }] };

const table = [
  ...rows('SignalWorkflowExecution', invalid, {
    ...byWorkflowExecution,
    'SignalName is not set on request.': [{ signalName: '' }],
    'SignalName length exceeds limit.': [{ signalName: long }],
    'SignalName must not contain NUL characters.': [{ signalName: nul }],
    'RequestId length exceeds limit.': [{ requestId: long }],
    'Blob data size exceeds limit.': [{ input: tooMuch }],
  }),
  ...rows('RequestCancelWorkflowExecution', invalid, {
    ...byWorkflowExecution,
    'RequestId length exceeds limit.': [{ requestId: long }],
    'FirstExecutionRunId length exceeds limit.': [{ firstExecutionRunId: long }],
  }),
  ...rows('TerminateWorkflowExecution', invalid, {
    ...byWorkflowExecution,
    'FirstExecutionRunId length exceeds limit.': [{ firstExecutionRunId: long }],
    'Blob data size exceeds limit.': [{ details: tooMuch }],
  }),
  ...rows('DeleteWorkflowExecution', invalid, byWorkflowExecutionAlone),
  ...rows('DescribeWorkflowExecution', invalid, byExecution),
  ...rows('ResetStickyTaskQueue', invalid, byExecution),
  ...rows('GetWorkflowExecutionHistory', invalid, {
    ...byExecution,
    ...pages,
    'Invalid HistoryEventFilterType: 3': [{ historyEventFilterType: 3 }],
  }),
  ...rows('GetWorkflowExecutionHistoryReverse', invalid, { ...byExecution, ...pages }),
  ...rows('QueryWorkflow', invalid, {
    ...byExecution,
    'WorkflowQuery is not set on request.': [{ query: null }],
    'QueryType is not set on request.': [{ query: {} }],
    'QueryType length exceeds limit.': [{ query: { queryType: long } }],
    'Blob data size exceeds limit.': [{ query: { queryType: 'q', queryArgs: tooMuch } }],
    'Invalid QueryRejectCondition: 4': [{ queryRejectCondition: 4 }],
  }),
  ...rows('ListWorkflowExecutions', invalid, { 'Invalid PageSize.': [{ pageSize: -1 }] }),
];

test.each(table)('$rpc refuses: $text', async ({ rpc, fields, text }) => {
  expect(await refusalOf(rpc, fields)).toEqual({ text, detail: undefined });
});

test('a termination without reason or identity gets those of upstream', async () => {
  expect(await admitted('TerminateWorkflowExecution', {})).toMatchObject({
    reason: 'terminated by user via frontend',
    identity: 'frontend-service',
  });
});

test('page sizes are clamped, and nothing means the largest', async () => {
  const sizes = async (asked: number) => [
    await admitted('GetWorkflowExecutionHistory', { maximumPageSize: asked }),
    await admitted('GetWorkflowExecutionHistoryReverse', { maximumPageSize: asked }),
    await admitted('ListWorkflowExecutions', { pageSize: asked }),
  ];
  expect(await sizes(0)).toMatchObject([
    { maximumPageSize: 256 },
    { maximumPageSize: 256 },
    { pageSize: 1_000 },
  ]);
  expect(await sizes(5_000)).toMatchObject(await sizes(0));
  expect(await sizes(7)).toMatchObject([
    { maximumPageSize: 7 },
    { maximumPageSize: 7 },
    { pageSize: 7 },
  ]);
});

test('enums that are not set get their default', async () => {
  expect(await admitted('GetWorkflowExecutionHistory', {})).toMatchObject({
    historyEventFilterType: 1,
  });
  expect(await admitted('QueryWorkflow', {})).toMatchObject({ queryRejectCondition: 1 });
});
