import { describe, expect, test } from 'vitest';
import { scheduleActivity, startTimer } from './commands.fixture.ts';
import {
  decodeBody,
  decodeSnapshot,
  decodeWorkflowState,
  encodeBody,
  encodeSnapshot,
  encodeWorkflowState,
  UnknownFormat,
} from './encoding.ts';
import { typeName } from './event-table.fixture.ts';
import { defaultRunLimits } from './limits.ts';
import { Play, run } from './play.fixture.ts';
import { signal } from './signal/signal.ts';

const input = {
  signalName: 's',
  input: new Uint8Array(0),
  header: new Uint8Array(0),
  identity: 'c',
  requestId: 'r',
  nowUs: 0,
  limits: defaultRunLimits,
};

describe('snapshots', () => {
  test('hold the whole state: encoded again they are the same bytes', () => {
    const play = new Play({ workflowRunTimeout: { seconds: 60 } });
    play.work([startTimer('t', 50), scheduleActivity('a'), scheduleActivity('b')]);
    play.startActivity('b');
    play.signal('s');
    play.startTask();
    play.signal('waits');
    const bytes = encodeSnapshot(play.state);
    const read = decodeSnapshot(run, bytes);
    expect(read).toEqual(play.state);
    expect(encodeSnapshot(read)).toEqual(bytes);
  });

  test('of a newer format are refused in plain words', () => {
    const bytes = Uint8Array.of(8, 4);
    expect(() => decodeSnapshot(run, bytes)).toThrow(UnknownFormat);
    expect(() => decodeBody(bytes)).toThrow(
      'a logged transition has format 4, this server reads up to 3',
    );
    expect(() => decodeWorkflowState(bytes)).toThrow(
      'a stored workflow has format 4, this server reads up to 3: start the newer server that wrote it',
    );
  });
});

test('a body holds the delta, the events and what changes for the workflow id', () => {
  const { state } = new Play();
  const keys = [{ key: 'signal:r', runId: 'run', expiresAtUs: 5 }];
  const decision = signal(state, input, { makesCurrent: false, keys });
  const body = decision.ok ? decision.transition?.body : undefined;
  if (body === undefined) throw new Error('the signal was refused');
  const bytes = encodeBody(body);
  const read = decodeBody(bytes);
  expect(read.workflow).toEqual({ makesCurrent: false, keys });
  expect(read.delta).toEqual(body.delta);
  expect(read).toMatchObject({ firstEventId: 3 });
  expect(encodeBody(read)).toEqual(bytes);
});

test('what nobody wrote is nothing, but for what is counted from 1', () => {
  // A snapshot of messages without a field: start, progress with a workflow task, one activity.
  const bytes = Uint8Array.of(0x12, 8, 0x0a, 0, 0x12, 2, 0x62, 0, 0x1a, 0);
  const { activities, progress, start } = decodeSnapshot(run, bytes);
  const said = (record: object): object =>
    Object.fromEntries(
      Object.entries(record).filter(([, value]: [string, unknown]) =>
        value instanceof Uint8Array || Array.isArray(value) ? value.length > 0 : Boolean(value),
      ),
    );
  expect(said(start)).toEqual({ attempt: 1 });
  const { workflowTask, ...rest } = progress;
  expect(said(rest)).toEqual({ status: 1, nextEventId: 1, workflowTaskAttempt: 1 });
  expect(said(workflowTask ?? {})).toEqual({ phase: 1, attempt: 1 });
  expect([...activities.values()].map(said)).toEqual([{ phase: 1, attempt: 1 }]);
});

test('a body that holds no progress is none', () => {
  expect(() => decodeBody(new Uint8Array(0))).toThrow('a delta holds the progress of its run');
});

test('what waits is logged once: a delta holds only what came with it', () => {
  const play = new Play();
  play.startTask();
  const sizes = [1, 2, 3, 4].map(() => {
    const decision = signal(play.state, { ...input, ...play.moment }, null);
    if (!decision.ok || decision.transition === null) throw new Error('the signal was refused');
    play.commit(decision.transition);
    return encodeBody(decision.transition.body).length;
  });
  expect(new Set(sizes).size).toBe(1);
  play.complete();
  expect(play.history.slice(4, 8).map(typeName)).toEqual(
    Array.from({ length: 4 }, () => 'WorkflowExecutionSignaled'),
  );
});

test('the state of a workflow id', () => {
  const keys = [{ key: 'start:r', runId: 'run', expiresAtUs: 7 }];
  const read = decodeWorkflowState(encodeWorkflowState('run', keys));
  expect(read).toEqual({ format: 1, currentRunId: 'run', keys });
});
