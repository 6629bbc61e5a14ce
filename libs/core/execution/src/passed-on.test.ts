// What requests and commands carry for others comes out on their events unchanged (wire-contract 2.2 to 2.4).

import { noBytes } from '@perdure/kernel';
import { priorityCodec } from '@perdure/wire';
import { expect, test } from 'vitest';
import { requestCancel } from './cancel/request-cancel.ts';
import {
  applicationFailure,
  type CommandInit,
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  data,
  failWorkflow,
  modifyMemo,
  recordMarker,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
  upsertAttributes,
} from './commands.fixture.ts';
import { attributesOf } from './event-table.fixture.ts';
import { Play } from './play.fixture.ts';
import { signal } from './signal/signal.ts';
import { terminate } from './terminate/terminate.ts';

const link = { workflowEvent: { namespace: 'n', workflowId: 'w', runId: 'r' } };
const links = [link];

test.for<CommandInit>([
  scheduleActivity('b'),
  requestCancelActivity(5),
  startTimer('u', 1),
  cancelTimer('t'),
  recordMarker('m'),
  upsertAttributes({ CustomInt: 1 }),
  modifyMemo({ a: 1 }),
  completeWorkflow(),
  failWorkflow('x'),
  cancelWorkflow(),
])('user metadata and group markers of a command of type $commandType', (command) => {
  const play = new Play();
  play.work([scheduleActivity('a'), startTimer('t', 60)]);
  play.signal('s');
  const eventGroupMarkers = [{}];
  expect(play.work([{ ...command, userMetadata: data('summary'), eventGroupMarkers }])).toBeNull();
  const event = play.history[10];
  expect(event?.userMetadata).toEqual(Buffer.from('summary'));
  expect(event?.eventGroupMarkers.length).toBe(1);
  expect(play.history[9]?.userMetadata.length).toBe(0);
});

test('of an activity: header, input, priority and build id; its task has the priority of both', () => {
  const play = new Play({ priority: { priorityKey: 4, fairnessKey: 'tenant' } });
  const priority = { priorityKey: 2 };
  play.work([
    scheduleActivity('a', {
      header: data('header'),
      input: data('input'),
      priority,
      useWorkflowBuildId: true,
    }),
  ]);
  expect(attributesOf(play.history[4] ?? never())).toMatchObject({
    header: Buffer.from('header'),
    input: Buffer.from('input'),
    priority,
    useWorkflowBuildId: true,
  });
  const activity = play.activity('a');
  expect(activity).toMatchObject({ header: Buffer.from('header'), input: Buffer.from('input') });
  const effective = priorityCodec.decode(activity.priority);
  expect(effective).toMatchObject({ priorityKey: 2, fairnessKey: 'tenant' });
});

test('of a marker: details, header, failure', () => {
  const play = new Play();
  const details = { data: data('payloads'), type: data('x') };
  const failure = applicationFailure('f');
  const marker = recordMarker('m', { details, header: data('header'), failure });
  expect(play.work([marker])).toBeNull();
  const { found, wanted } = play.compareFrom(
    5,
    '5 MarkerRecorded markerName=m header=header failure.message=f workflowTaskCompletedEventId=4',
  );
  expect(found).toEqual(wanted);
  expect(attributesOf(play.history[4] ?? never())['details']).toEqual({
    data: Buffer.from('payloads'),
    type: Buffer.from('x'),
  });
});

test('of a signal, also of one that waits: header, request id, links', () => {
  const play = new Play();
  const at = play.moment;
  const input = { signalName: 's', input: noBytes, identity: 'c', requestId: 'q', links, ...at };
  const send = (): void => {
    play.must(signal(play.state, { ...input, header: data('header') }, null));
  };
  send();
  play.startTask();
  send();
  play.complete();
  for (const event of [play.history[2], play.history[5]]) {
    const attributes = event?.workflowExecutionSignaledEventAttributes;
    expect(attributes).toMatchObject({ requestId: 'q', header: Buffer.from('header') });
    expect(event?.links).toMatchObject(links);
  }
});

test('of a cancel request and of a termination: links and details', () => {
  const play = new Play();
  const at = play.moment;
  const cancel = { reason: '', identity: 'c', links, ...at };
  play.must(requestCancel(play.state, cancel, null));
  const details = data('details');
  play.must(terminate(play.state, { reason: 'why', details, identity: 'c', links, ...at }));
  const [cancelled, terminated] = play.history.slice(2);
  expect(cancelled?.links).toMatchObject(links);
  expect(cancelled?.workflowExecutionCancelRequestedEventAttributes?.cause).toBe('');
  expect(terminated?.links).toMatchObject(links);
  expect(terminated?.workflowExecutionTerminatedEventAttributes?.details).toEqual(
    Buffer.from('details'),
  );
});

function never(): never {
  throw new Error('the event is missing');
}
