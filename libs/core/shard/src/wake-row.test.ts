// What the wake index must say of a run in each of its states (M5, M6): without it the run's work would vanish.

import {
  AnswerCode,
  completeWorkflowTask,
  type Decision,
  defaultRunLimits,
  type ExecutionState,
  fold,
  recordAnswer,
  recordReleased,
  sendProbes,
  signal,
  startActivity,
  startRun,
  startWorkflowTask,
  type Transition,
  terminate,
} from '@perdure/core-execution';
import { noBytes, usPerHour, usPerSecond } from '@perdure/kernel';
import { CommandType, priorityCodec, type RpcRequestInit, rpcCodec } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import { bucketOf, outstandingOf, wakeOfferCodec } from './wake-row.ts';

const nowUs = 1_000_000 * usPerSecond;
const at = { nowUs, limits: defaultRunLimits };
const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
const starts = rpcCodec('StartWorkflowExecution').request;
const completions = rpcCodec('RespondWorkflowTaskCompleted').request;
const poll = { pollRequestId: 'p', identity: 'w', ...at };

function started(request: RpcRequestInit<'StartWorkflowExecution'> = {}): ExecutionState {
  const bytes = starts.encode({ taskQueue: { name: 'queue' }, ...request });
  const input = { run, request: starts.decode(bytes), requestId: 'q', keys: [], ...at };
  const { state, transition } = startRun(input);
  fold(state, transition.body.delta);
  return state;
}

function must(state: ExecutionState, decision: Decision<unknown>): void {
  if (!decision.ok || decision.transition === null) throw new Error('nothing was decided');
  fold(state, decision.transition.body.delta);
}

function work(state: ExecutionState, commands: object[], stickyQueue = ''): void {
  const { scheduledEventId = 0, attempt = 1 } = state.progress.workflowTask ?? {};
  must(state, startWorkflowTask(state, { scheduledEventId, attempt, ...poll }));
  const task = state.progress.workflowTask;
  if (task === null) throw new Error('no task');
  must(
    state,
    completeWorkflowTask(state, {
      task,
      commands: completions.decode(completions.encode({ commands })).commands,
      identity: 'w',
      stickyQueue,
      stickyScheduleToStartUs: 10 * usPerSecond,
      forceNewTask: false,
      returnNewTask: false,
      passedOn: {},
      successorRunId: 'next',
      searchAttributes: new Map(),
      takesActivities: true,
      ...at,
    }),
  );
}

const activity = (activityId: string, seconds = 30): object => ({
  commandType: CommandType.ScheduleActivityTask,
  scheduleActivityTaskCommandAttributes: {
    activityId,
    activityType: { name: 'act' },
    taskQueue: { name: 'activities' },
    startToCloseTimeout: { seconds },
  },
});
const timer = (seconds: number): object => ({
  commandType: CommandType.StartTimer,
  startTimerCommandAttributes: { timerId: 't', startToFireTimeout: { seconds } },
});
const workflowOffer = {
  kind: 1,
  queue: 'queue',
  normalQueue: '',
  scheduledEventId: 2,
  attempt: 1,
  stamp: 0,
  scheduledAtUs: nowUs,
};

describe('outstandingOf', () => {
  test('one task that waits: its offer, with what it takes to offer it', () => {
    const priority = { priorityKey: 1 };
    const found = outstandingOf(started({ priority }), nowUs);
    expect(found).toMatchObject({ offer: workflowOffer, loadAtUs: null });
    const offer = found?.offer ?? null;
    if (offer === null) throw new Error('no offer');
    expect(wakeOfferCodec.decode(wakeOfferCodec.encode(offer))).toMatchObject(offer);
    expect(priorityCodec.decode(offer.priority)).toMatchObject(priority);
  });

  test('one task and a time: the offer, and when to load', () => {
    const state = started({ workflowRunTimeout: { seconds: 60 } });
    const loadAtUs = nowUs + 60 * usPerSecond;
    expect(outstandingOf(state, nowUs)).toMatchObject({ offer: workflowOffer, loadAtUs });
  });

  test('a started task is no offer: its time-out is when to load', () => {
    const state = started();
    must(state, startWorkflowTask(state, { scheduledEventId: 2, attempt: 1, ...poll }));
    const loadAtUs = nowUs + 10 * usPerSecond;
    expect(outstandingOf(state, nowUs)).toEqual({ offer: null, loadAtUs });
  });

  test('an activity that waits, and one that runs', () => {
    const state = started();
    work(state, [activity('a')]);
    expect(outstandingOf(state, nowUs)).toMatchObject({
      offer: { kind: 2, queue: 'activities', normalQueue: '', scheduledEventId: 5, attempt: 1 },
      loadAtUs: null,
    });
    must(state, startActivity(state, { scheduledEventId: 5, attempt: 1, stamp: 0, ...poll }));
    const loadAtUs = nowUs + 30 * usPerSecond;
    expect(outstandingOf(state, nowUs)).toEqual({ offer: null, loadAtUs });
  });

  test('two tasks that wait: no offer, load at once', () => {
    const state = started();
    work(state, [activity('a'), activity('b'), timer(60)]);
    expect(outstandingOf(state, nowUs)).toEqual({ offer: null, loadAtUs: nowUs });
  });

  test('a sticky task: its own queue, the normal one, and when it gives up', () => {
    const state = started();
    work(state, [], 'sticky');
    const request = {
      signalName: 's',
      input: noBytes,
      header: noBytes,
      identity: 'c',
      requestId: '',
    };
    must(state, signal(state, { ...request, ...at }, null));
    expect(outstandingOf(state, nowUs)).toMatchObject({
      offer: { kind: 1, queue: 'sticky', normalQueue: 'queue', scheduledEventId: 6 },
      loadAtUs: nowUs + 10 * usPerSecond,
    });
  });

  test('only a timer; nothing at all; a closed run', () => {
    const state = started();
    work(state, [timer(60)]);
    const loadAtUs = nowUs + 60 * usPerSecond;
    expect(outstandingOf(state, nowUs)).toEqual({ offer: null, loadAtUs });
    const idle = started();
    work(idle, []);
    expect(outstandingOf(idle, nowUs)).toBeNull();
    const closed = started({ workflowRunTimeout: { seconds: 60 } });
    must(closed, terminate(closed, { reason: '', details: noBytes, identity: '', ...at }));
    expect(outstandingOf(closed, nowUs)).toBeNull();
  });
});

test('a message that is not answered, or not released, is due at once: of a closed run too', () => {
  const state = started();
  const target = { namespaceId: 'n', workflowId: 'other', runId: '' };
  must(state, sendProbes(state, { to: [{ target, text: 'a' }], ...at }));
  const now = { offer: null, loadAtUs: nowUs };
  expect(outstandingOf(state, nowUs)).toEqual(now);
  must(state, terminate(state, { reason: '', details: noBytes, identity: '', ...at }));
  expect(outstandingOf(state, nowUs)).toEqual(now);
  const [id = ''] = state.outbox.keys();
  const answer = { code: AnswerCode.Done, runId: 'there', body: noBytes };
  const apply = (transition: Transition | null): void => {
    if (transition === null) throw new Error('nothing was decided');
    fold(state, transition.body.delta);
  };
  apply(recordAnswer(state, { id, answer, ...at }));
  expect(outstandingOf(state, nowUs)).toEqual(now);
  apply(recordReleased(state, { ids: [id], ...at }));
  expect(outstandingOf(state, nowUs)).toBeNull();
});

test('bucketOf is the hour of the due time, never one that has passed', () => {
  const at = 10 * usPerHour + 5;
  expect(bucketOf(at, 0)).toBe(10);
  expect(bucketOf(0, at)).toBe(10);
  expect(bucketOf(at - 6, at)).toBe(10);
  expect(bucketOf(at + usPerHour, at)).toBe(11);
});
