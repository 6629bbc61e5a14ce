// Rules on what clients were told: small worlds that keep a rule, and the same ones broken in one place.

import { jsonMemo, jsonPayloads } from '@perdure/testing/golden';
import {
  EventType,
  type HistoryEventInit,
  historyEventCodec,
  WorkflowIdReusePolicy,
} from '@perdure/wire';
import { expect, test } from 'vitest';
import { type DescriptionSeen, Ledger, type RequestSeen } from '../ledger.ts';
import { judgeRetention } from '../retention.ts';
import type { Rule, RunShown, Shown } from '../shown.ts';
import { answers } from './answers.ts';
import { cancels } from './cancels.ts';
import { chains } from './chains.ts';
import { closedRuns } from './closed-runs.ts';
import { deletions } from './deletions.ts';
import { ends } from './ends.ts';
import { properties } from './properties.ts';
import { requests } from './requests.ts';
import { runTimes } from './run-times.ts';

type StartedInit = NonNullable<HistoryEventInit['workflowExecutionStartedEventAttributes']>;

const at = (seconds: number, eventType: number, more: HistoryEventInit): HistoryEventInit => ({
  eventTime: { seconds },
  eventType,
  ...more,
});
const started = (seconds: number, more: StartedInit = {}) =>
  at(seconds, EventType.WorkflowExecutionStarted, {
    workflowExecutionStartedEventAttributes: { attempt: 1, ...more },
  });
const task = (seconds: number) =>
  at(seconds, EventType.WorkflowTaskScheduled, { workflowTaskScheduledEventAttributes: {} });
const signaled = (seconds: number, signalName: string) =>
  at(seconds, EventType.WorkflowExecutionSignaled, {
    workflowExecutionSignaledEventAttributes: { signalName },
  });
const completed = (seconds: number) =>
  at(seconds, EventType.WorkflowExecutionCompleted, {
    workflowExecutionCompletedEventAttributes: {},
  });

function run(runId: string, ...events: readonly HistoryEventInit[]): RunShown {
  const numbered = events.map((init, index) =>
    historyEventCodec.decode(historyEventCodec.encode({ eventId: index + 1, ...init })),
  );
  return { workflowId: 'w', runId, events: numbered };
}

const asked = (more: Partial<RequestSeen>): RequestSeen => ({
  kind: 'signal',
  workflowId: 'w',
  mark: 'm',
  runId: '',
  outcome: 'taken',
  single: true,
  toldRunId: '',
  refusal: '',
  withStart: false,
  reuse: 0,
  beganUs: 1,
  endedUs: 2,
  ...more,
});

function faultsOf(rule: Rule, runs: readonly RunShown[], ledger: Partial<Ledger>): string {
  const shown: Shown = { runs, descriptions: [], listed: [] };
  const faults = rule(Object.assign(new Ledger(), ledger), shown);
  return faults.map((fault) => (typeof fault === 'string' ? fault : fault.text)).join('; ');
}

test('J33: what was taken stands once, what was refused for good does not, and nothing else stands', () => {
  const one = [run('r', started(1), signaled(2, 'm'))];
  const none = [run('r', started(1))];
  expect(faultsOf(requests, one, { requests: [asked({})] })).toBe('');
  expect(faultsOf(requests, none, { requests: [asked({})] })).toContain('is not there');
  const refused = asked({ outcome: 'refused' });
  expect(faultsOf(requests, one, { requests: [refused] })).toContain('was refused and is there');
  expect(faultsOf(requests, one, { requests: [{ ...refused, single: false }] })).toBe('');
  expect(faultsOf(requests, one, {})).toContain('nobody asked for m');
  const twice = [run('r', started(1), signaled(2, 'm'), signaled(3, 'm'))];
  expect(faultsOf(requests, twice, { requests: [asked({})] })).toContain('stands 2 times');
});

test('J34: what ended before another began stands before it', () => {
  const runs = [run('r', started(1), signaled(2, 'b'), signaled(3, 'a'))];
  const [a, b] = [asked({ mark: 'a' }), asked({ mark: 'b', beganUs: 3, endedUs: 4 })];
  expect(faultsOf(requests, runs, { requests: [a, b] })).toContain('b stands before a');
  expect(faultsOf(requests, runs, { requests: [{ ...a, endedUs: 3 }, b] })).toBe('');
});

test('J35: a run that continued had seen its signals', () => {
  const first = run(
    'r',
    started(1, { input: jsonPayloads({ steps: [] }) }),
    signaled(2, 'm'),
    at(3, EventType.WorkflowExecutionContinuedAsNew, {
      workflowExecutionContinuedAsNewEventAttributes: {
        newExecutionRunId: 's',
        input: jsonPayloads({ carried: ['m'] }),
      },
    }),
  );
  const next = (carried: string[]): RunShown =>
    run('s', started(3, { continuedExecutionRunId: 'r', input: jsonPayloads({ carried }) }));
  expect(faultsOf(chains, [first, next(['m'])], {})).toBe('');
  expect(faultsOf(chains, [first, next([])], {})).toContain('not m');
});

test('J36: a first task waits for its delay, and no longer', () => {
  const late = (seconds: number): RunShown[] => [
    run('r', started(1, { firstWorkflowTaskBackoff: { seconds: 5 } }), task(seconds)),
  ];
  expect(faultsOf(runTimes, late(6), {})).toBe('');
  expect(faultsOf(runTimes, late(5), {})).toContain('early');
  expect(faultsOf(runTimes, late(20), {})).toContain('late');
  expect(faultsOf(runTimes, late(20), { clocksAreSet: true })).toBe('');
});

test('J37: a run that has a time does not outlive it', () => {
  const lived = (seconds: number): RunShown[] => [
    run('r', started(1, { workflowRunTimeout: { seconds: 5 } }), task(1), completed(seconds)),
  ];
  expect(faultsOf(runTimes, lived(6), {})).toBe('');
  expect(faultsOf(runTimes, lived(60), {})).toContain('outlived its time');
});

test('J38: a policy says whether a failed run is tried again', () => {
  const failed = (newExecutionRunId: string, maximumAttempts: number): RunShown[] => [
    run(
      'r',
      started(1, { retryPolicy: { initialInterval: { seconds: 1 }, maximumAttempts } }),
      at(2, EventType.WorkflowExecutionFailed, {
        workflowExecutionFailedEventAttributes: { newExecutionRunId },
      }),
    ),
  ];
  expect(faultsOf(runTimes, failed('s', 2), {})).toBe('');
  expect(faultsOf(runTimes, failed('', 2), {})).toContain('is not tried again');
  expect(faultsOf(runTimes, failed('s', 1), {})).toContain('once more than it may');
});

const description: DescriptionSeen = {
  workflowId: 'w',
  runId: 'r',
  status: 1,
  historyLength: 1,
  pendingActivities: [],
  taskStarted: false,
  properties: { memo: { a: 1 }, searchAttributes: {} },
  beganUs: 5,
  seenUs: 6,
};

test('J39: a description has the memo of the history', () => {
  const runs = [run('r', started(1, { memo: jsonMemo({ a: 1 }) }))];
  expect(faultsOf(properties, runs, { descriptions: [description] })).toBe('');
  expect(faultsOf(properties, [run('r', started(1))], { descriptions: [description] })).toContain(
    'J39',
  );
});

test('J27: after a refusal for its end a run is not seen open', () => {
  const runs = [run('r', started(1), completed(2))];
  const refused = asked({ outcome: 'refused', runId: 'r', endedUs: 4 });
  const known = { requests: [refused], descriptions: [description] };
  expect(faultsOf(closedRuns, runs, known)).toContain('was described as open');
  const earlier = { ...known, requests: [{ ...refused, endedUs: 5 }] };
  expect(faultsOf(closedRuns, runs, earlier)).toBe('');
});

test('J28: an answer names a run that is there, the same for all, as the policy allows', () => {
  const runs = [run('r', started(1), completed(2)), run('s', started(3, { identity: 'm' }))];
  const start = asked({ kind: 'start', toldRunId: 's' });
  expect(faultsOf(answers, runs, { requests: [start, start] })).toBe('');
  expect(faultsOf(answers, runs, { requests: [{ ...start, toldRunId: 'x' }] })).toContain('run x');
  const other = { ...start, toldRunId: 'r' };
  expect(faultsOf(answers, runs, { requests: [start, other] })).toContain('told of 2 runs');
  const rejects = { ...start, reuse: WorkflowIdReusePolicy.RejectDuplicate };
  expect(faultsOf(answers, runs, { requests: [rejects] })).toContain('began a run after one');
});

test('J29: a follower is told each event once and the end in time', () => {
  const [shown] = [run('r', started(1), completed(2))];
  const pages = [shown.events.map((event) => historyEventCodec.encode(event))];
  const end = { workflowId: 'w', runId: 'r', beganUs: 0, askedUs: 0, endedUs: 1 };
  const told = { ...end, closeOnly: false, pages };
  expect(faultsOf(ends, [shown], { ends: [told] })).toBe('');
  expect(faultsOf(ends, [shown], { ends: [{ ...told, pages: [] }] })).toContain('0 of 2 events');
  const refused = asked({ outcome: 'refused', runId: 'r' });
  const late = { ends: [{ ...told, endedUs: 60e6 }], requests: [refused] };
  expect(faultsOf(ends, [shown], late)).toContain('late');
});

test('J30: a deleted run does not come back', () => {
  const deletion = asked({ kind: 'delete', runId: 'r' });
  expect(faultsOf(deletions, [], { requests: [deletion] })).toBe('');
  expect(faultsOf(deletions, [run('r', started(1))], { requests: [deletion] })).toContain(
    'is there',
  );
  const described = { requests: [deletion], descriptions: [description] };
  expect(faultsOf(deletions, [], described)).toContain('was described after that');
});

test('J31: a request to cancel that was taken stands in a run that stays open', () => {
  const cancel = asked({ kind: 'cancel', mark: 'c' });
  const later = asked({ mark: 'm', beganUs: 3, endedUs: 4 });
  const runs = [run('r', started(1), signaled(3, 'm'))];
  expect(faultsOf(cancels, runs, { requests: [cancel, later] })).toContain('took m unasked');
  expect(faultsOf(cancels, runs, { requests: [cancel] })).toBe('');
});

test('J32: when the retention is over only what is open is left', () => {
  const open = run('r', started(1));
  const before: Shown = { runs: [open, run('s', started(1))], descriptions: [], listed: [] };
  const listed = [{ workflowId: 'w', runId: 'r', status: 1 }];
  const after: Shown = { runs: [open], descriptions: [], listed };
  const rows = { states: ['r'], histories: ['r'] };
  expect(judgeRetention(new Set(['r']), before, after, rows)).toEqual([]);
  const left = { ...rows, histories: ['s'] };
  expect(judgeRetention(new Set(['r']), before, after, left).join()).toContain('run s');
  expect(judgeRetention(new Set(['r']), before, { ...after, listed: [] }, rows)).toHaveLength(1);
});
