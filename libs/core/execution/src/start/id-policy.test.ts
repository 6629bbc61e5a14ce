// What a start means when its workflow id is in use or was used before (wire-contract 3.9, 3.10).

import { usPerSecond } from '@perdure/kernel';
import {
  WorkflowIdConflictPolicy as Conflict,
  WorkflowIdReusePolicy as Reuse,
  WorkflowExecutionStatus as Status,
} from '@perdure/wire';
import { expect, test } from 'vitest';
import { defaultRunLimits } from '../limits.ts';
import { answerStart } from './id-policy.ts';

const named = 'WorkflowId: w, RunId: r.';

function answer(
  status: keyof typeof Status | null,
  reuse: keyof typeof Reuse,
  conflict: keyof typeof Conflict,
  requestId = 'new',
): string {
  const current =
    status === null
      ? null
      : {
          workflowId: 'w',
          runId: 'r',
          createRequestId: 'old',
          firstRunId: 'f',
          status: Status[status],
          startTimeUs: 0,
        };
  const found = answerStart(current, {
    reuse: Reuse[reuse],
    conflict: Conflict[conflict],
    requestId,
    nowUs: usPerSecond,
    limits: defaultRunLimits,
  });
  if (found.kind !== 'rejected') return found.kind;
  expect(found.rejection.detail).toMatchObject({
    kind: 'workflowExecutionAlreadyStarted',
    startRequestId: 'old',
    runId: 'r',
    firstExecutionRunId: 'f',
  });
  return `${found.rejection.code} ${found.rejection.message}`;
}

test.for([
  [null, 'RejectDuplicate', 'Fail', 'start'],
  [
    'Running',
    'AllowDuplicate',
    'Fail',
    `ALREADY_EXISTS Workflow execution is already running. ${named}`,
  ],
  ['Running', 'RejectDuplicate', 'UseExisting', 'useExisting'],
  ['Running', 'AllowDuplicate', 'TerminateExisting', 'terminateAndStart'],
  ['Running', 'TerminateIfRunning', 'Fail', 'terminateAndStart'],
  ['Completed', 'AllowDuplicate', 'Fail', 'start'],
  ['Completed', 'TerminateIfRunning', 'Fail', 'start'],
  [
    'Completed',
    'RejectDuplicate',
    'UseExisting',
    `ALREADY_EXISTS Workflow execution already finished. ${named} Workflow Id reuse policy: reject duplicate workflow Id.`,
  ],
  [
    'Failed',
    'RejectDuplicate',
    'Fail',
    `ALREADY_EXISTS Workflow execution already finished. ${named} Workflow Id reuse policy: reject duplicate workflow Id.`,
  ],
  [
    'Completed',
    'AllowDuplicateFailedOnly',
    'Fail',
    `ALREADY_EXISTS Workflow execution already finished successfully. ${named} Workflow Id reuse policy: allow duplicate workflow Id if last run failed.`,
  ],
  [
    'ContinuedAsNew',
    'AllowDuplicateFailedOnly',
    'Fail',
    `ALREADY_EXISTS Workflow execution already finished successfully. ${named} Workflow Id reuse policy: allow duplicate workflow Id if last run failed.`,
  ],
  ['Failed', 'AllowDuplicateFailedOnly', 'Fail', 'start'],
  ['Canceled', 'AllowDuplicateFailedOnly', 'Fail', 'start'],
  ['Terminated', 'AllowDuplicateFailedOnly', 'Fail', 'start'],
  ['TimedOut', 'AllowDuplicateFailedOnly', 'Fail', 'start'],
] as const)('%s, %s, %s: %s', ([status, reuse, conflict, wanted]) => {
  expect(answer(status, reuse, conflict)).toBe(wanted);
});

test('the request that made the current run is answered with it, whatever became of it', () => {
  expect(answer('Running', 'AllowDuplicate', 'Fail', 'old')).toBe('repeat');
  expect(answer('Completed', 'RejectDuplicate', 'Fail', 'old')).toBe('repeat');
});

test('an id that was started a moment ago is not started again, if there is a least time', () => {
  const current = {
    workflowId: 'w',
    runId: 'r',
    createRequestId: 'old',
    status: 1,
    startTimeUs: 500,
  };
  const ask = (nowUs: number, status: number) =>
    answerStart(
      { ...current, status },
      {
        reuse: Reuse.AllowDuplicate,
        conflict: Conflict.TerminateExisting,
        requestId: 'new',
        nowUs,
        limits: defaultRunLimits,
      },
    );
  const message = 'Too many restarts for workflow w. Time since last start: 999 ms';
  const busy = { code: 'RESOURCE_EXHAUSTED', message };
  const detail = { kind: 'resourceExhausted', cause: 'BUSY_WORKFLOW' };
  for (const status of [Status.Running, Status.Completed]) {
    expect(ask(500 + usPerSecond - 1, status)).toMatchObject({ rejection: { ...busy, detail } });
  }
  expect(ask(500 + usPerSecond, Status.Running).kind).toBe('terminateAndStart');
  expect(ask(500 + usPerSecond, Status.Completed).kind).toBe('start');
});
