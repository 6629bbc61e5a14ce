import { classOf, historyWait } from '@perdure/core-admission';
import { LayeredConfig, layerOf } from '@perdure/core-dynamic-config';
import { RejectionError, usPerSecond } from '@perdure/kernel';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { expect, test } from 'vitest';
import { plainNamespaces } from '../fixtures/plain-namespaces.ts';
import { scriptedFrontend } from '../fixtures/scripted-frontend.ts';
import { Admission } from './admission.ts';

const namespaces = plainNamespaces('one', 'two');
type Values = Parameters<typeof layerOf>[0];

function admissionOf(values: Values) {
  const clock = new ManualClock();
  const config = new LayeredConfig(layerOf(values));
  const admission = new Admission({ clock, config, namespaces });
  const enter = (name: string, namespace = 'one', method = classOf(name)) => {
    try {
      const state = admission.enter(name, method, namespace, { namespace: '' });
      return { refused: null, leave: () => admission.leave(name, method, state) };
    } catch (error) {
      if (!(error instanceof RejectionError)) throw error;
      return { refused: error.rejection, leave: () => undefined };
    }
  };
  /** How many calls in a row are let in, up to a bound. */
  const taken = (name: string, namespace = 'one'): number => {
    for (let count = 0; ; count++) {
      if (count === 10_000 || enter(name, namespace).refused !== null) return count;
    }
  };
  return { clock, config, admission, enter, taken };
}

const describe = 'DescribeWorkflowExecution';

test('frontend.namespaceRPS bounds each namespace for itself, frontend.namespaceBurstRatio what it saves', () => {
  const { clock, enter, taken } = admissionOf({
    'frontend.namespaceRPS': 10,
    'frontend.namespaceBurstRatio': 3,
  });
  expect(taken(describe)).toBe(30);
  expect(enter(describe).refused).toEqual({
    code: 'RESOURCE_EXHAUSTED',
    message: 'namespace rate limit exceeded',
    detail: { kind: 'resourceExhausted', cause: 'RPS_LIMIT', scope: 'namespace' },
  });
  expect(taken(describe, 'two')).toBe(30);
  clock.advance(usPerSecond);
  expect(taken(describe)).toBe(10);
});

test('frontend.namespaceRPS.visibility and its burst ratio bound lists and counts, and nothing else', () => {
  const { clock, taken } = admissionOf({
    'frontend.namespaceRPS.visibility': 5,
    'frontend.namespaceBurstRatio.visibility': 2,
  });
  expect(taken('ListWorkflowExecutions')).toBe(10);
  expect(taken('CountWorkflowExecutions')).toBe(0);
  expect(taken('ListWorkflowExecutions', 'two')).toBe(10);
  expect(taken(describe)).toBeGreaterThan(100);
  clock.advance(usPerSecond);
  expect(taken('CountWorkflowExecutions')).toBe(5);
});

test('frontend.namespaceRPS.namespaceReplicationInducingAPIs and its burst ratio bound changes of a namespace', () => {
  const { clock, taken } = admissionOf({
    'frontend.namespaceRPS.namespaceReplicationInducingAPIs': 1,
    'frontend.namespaceBurstRatio.namespaceReplicationInducingAPIs': 4,
  });
  expect(taken('UpdateNamespace')).toBe(4);
  clock.advance(2 * usPerSecond);
  expect(taken('UpdateNamespace')).toBe(2);
});

test('frontend.rps.namespaceReplicationInducingAPIs bounds registrations of namespaces that are not there yet', () => {
  const { taken } = admissionOf({ 'frontend.rps.namespaceReplicationInducingAPIs': 3 });
  expect(taken('RegisterNamespace', 'new')).toBe(6);
});

test('frontend.rps bounds all namespaces together, known or not', () => {
  const { enter, taken } = admissionOf({ 'frontend.rps': 10, 'frontend.namespaceRPS': 100 });
  expect(taken(describe)).toBe(20);
  for (const namespace of ['two', 'unknown', '']) {
    expect(enter(describe, namespace).refused).toEqual({
      code: 'RESOURCE_EXHAUSTED',
      message: 'service rate limit exceeded',
      detail: { kind: 'resourceExhausted', cause: 'RPS_LIMIT', scope: 'system' },
    });
  }
  expect(enter('GetSystemInfo', '').refused).toBeNull();
});

test('reports of workers have the whole rate, whatever else is asked; starts have what is left', () => {
  const { clock, taken } = admissionOf({
    'frontend.namespaceRPS': 10,
    'frontend.namespaceBurstRatio': 1,
  });
  expect(taken('StartWorkflowExecution')).toBe(10);
  expect(taken('QueryWorkflow')).toBe(0);
  expect(taken('PollWorkflowTaskQueue')).toBe(10);
  expect(taken('RespondWorkflowTaskCompleted')).toBe(10);
  // What the first ones took must come in again before the last have any.
  clock.advance(2 * usPerSecond);
  expect(taken('StartWorkflowExecution')).toBe(0);
  clock.advance(usPerSecond);
  expect(taken('StartWorkflowExecution')).toBe(10);
});

test('frontend.namespaceCount bounds calls of one method that wait, and counts them out again', () => {
  const { enter } = admissionOf({ 'frontend.namespaceCount': 2 });
  const poll = 'PollWorkflowTaskQueue';
  const first = enter(poll);
  enter(poll);
  expect(enter(poll).refused).toEqual({
    code: 'RESOURCE_EXHAUSTED',
    message: 'namespace concurrent poller limit exceeded',
    detail: { kind: 'resourceExhausted', cause: 'CONCURRENT_LIMIT', scope: 'namespace' },
  });
  expect(enter(poll, 'two').refused).toBeNull();
  expect(enter('PollActivityTaskQueue').refused).toBeNull();
  first.leave();
  expect(enter(poll).refused).toBeNull();
  const history = 'GetWorkflowExecutionHistory';
  for (let i = 0; i < 3; i++) expect(enter(history).refused).toBeNull();
  for (let i = 0; i < 2; i++) expect(enter(history, 'one', historyWait).refused).toBeNull();
  expect(enter(history, 'one', historyWait).refused).not.toBeNull();
});

test('a change of the configuration counts from the next call on', () => {
  const { clock, config, taken } = admissionOf({ 'frontend.namespaceRPS': 10 });
  expect(taken(describe)).toBe(20);
  config.replace(0, layerOf({ 'frontend.namespaceRPS': 50, 'frontend.rps': 30 }));
  clock.advance(usPerSecond);
  expect(taken(describe)).toBe(50);
  expect(taken(describe, 'two')).toBe(10);
});

const overloaded = {
  code: 'RESOURCE_EXHAUSTED',
  message: 'the server is overloaded: new work is refused, try again later',
  detail: { kind: 'resourceExhausted', cause: 'SYSTEM_OVERLOADED', scope: 'system' },
};
const open = { 'frontend.rps': 1e9, 'frontend.namespaceRPS': 1e9 };

test('starts under way are bounded, shared by the namespaces that have some; signals later, reports never', () => {
  const { enter, taken } = admissionOf(open);
  const start = 'StartWorkflowExecution';
  const left = [enter(start), enter(start)];
  expect(taken(start)).toBe(2_000 - left.length);
  expect(enter(start).refused).toEqual(overloaded);
  expect(taken(start, 'two')).toBe(1_000);
  expect(taken('SignalWorkflowExecution')).toBe(8_000);
  expect(enter('SignalWorkflowExecution').refused).toEqual(overloaded);
  expect(taken('RespondActivityTaskCompleted')).toBe(10_000);
  expect(taken('PollActivityTaskQueue')).toBe(1_200);
  for (const call of left) call.leave();
  expect(enter(start).refused).toEqual(overloaded);
});

test('turns that take too long shrink the window of starts, turns that do not give it back', async () => {
  const { clock, admission, taken, enter } = admissionOf(open);
  const turn = async (us: number): Promise<void> => {
    enter('RespondActivityTaskCompleted');
    clock.advance(us);
    await clock.turn();
  };
  await turn(40_000);
  expect(admission.window).toBe(2_000);
  // Twice as long as it may be, then much longer.
  await turn(100_000);
  expect(admission.window).toBe(1_000);
  await turn(10_000_000);
  expect(admission.window).toBe(400);
  expect(taken('StartWorkflowExecution')).toBe(400);
  for (let turns = 0; turns < 10; turns++) await turn(200_000);
  expect(admission.window).toBe(200);
  for (let turns = 0; turns < 100; turns++) await turn(1_000);
  expect(admission.window).toBe(2_000);
});

test('a refused call reaches no service and is not decoded', async () => {
  const frontend = scriptedFrontend({
    'frontend.namespaceRPS': 1,
    'frontend.namespaceBurstRatio': 1,
    'frontend.rps': 1e9,
  });
  const execution = { workflowId: 'w' };
  await frontend.ask(describe, { namespace: 'default', execution });
  const spoiled = Buffer.concat([Buffer.from('\x0a\x07default'), Buffer.from([0x12, 0x05, 0xff])]);
  // Not even its namespace can be read: it is decoded, to say what is wrong.
  expect((await frontend.refusal(describe, spoiled)).text).toContain('field 2 is cut off');
  const whole = Buffer.concat([Buffer.from('\x0a\x07default'), Buffer.from([0x12, 0x01, 0xff])]);
  expect((await frontend.refusal(describe, whole)).text).toBe(
    'RESOURCE_EXHAUSTED: namespace rate limit exceeded',
  );
  expect(frontend.asked).toHaveLength(1);
  await frontend.ask(describe, { namespace: 'other', execution });
});
