// The limits of wire-contract section 5 that the core keeps, each one below, at and above: what is said, and what is done.

import { EventType, memoCodec } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import {
  applicationFailure,
  type CommandInit,
  continueAsNew,
  data,
  modifyMemo,
  payloadOf,
  recordMarker,
  scheduleActivity,
  startTimer,
  upsertAttributes,
} from './commands.fixture.ts';
import { defaultRunLimits, type RunLimits } from './limits.ts';
import { Play } from './play.fixture.ts';
import { startWorkflowTask } from './workflow-task/start.ts';

const around = [-1, 0, 1] as const;
const filled = (bytes: number): Uint8Array => data('x'.repeat(bytes));

/** A run with small limits, whose first task is started. */
function working(limits: Partial<RunLimits> = {}): Play {
  const play = new Play();
  play.limits = { ...defaultRunLimits, ...limits };
  play.startTask();
  return play;
}
const typesOf = (play: Play): number[] => play.history.map(({ eventType }) => eventType);

describe('user data of commands: over the limit the task fails and the run is terminated', () => {
  const limit = 500;
  const families: readonly [string, (bytes: number) => CommandInit, Partial<RunLimits>][] = [
    [
      'BadScheduleActivityAttributes: ScheduleActivityTaskCommandAttributes.Input exceeds size limit.',
      (bytes) => scheduleActivity('a', { input: filled(bytes) }),
      { blobBytesMax: limit },
    ],
    [
      'BadRecordMarkerAttributes: RecordMarkerCommandAttributes.Details exceeds size limit.',
      // Names count too.
      (bytes) => recordMarker('m', { details: { abc: filled(300), de: filled(bytes - 305) } }),
      { blobBytesMax: limit },
    ],
    [
      'BadScheduleActivityAttributes: CompleteWorkflowExecutionCommandAttributes.Result exceeds size limit.',
      (bytes) => ({
        commandType: 4,
        completeWorkflowExecutionCommandAttributes: { result: filled(bytes) },
      }),
      { blobBytesMax: limit },
    ],
    [
      'BadFailWorkflowExecutionAttributes: FailWorkflowExecutionCommandAttributes.Failure exceeds size limit.',
      (bytes) => {
        const rest = applicationFailure('m'.repeat(200)).length - 200;
        const failure = applicationFailure('m'.repeat(bytes - rest));
        return { commandType: 5, failWorkflowExecutionCommandAttributes: { failure } };
      },
      { blobBytesMax: limit },
    ],
    [
      'BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes exceeds size limit.',
      // Of the name and the payload, as markers are measured.
      (bytes) => {
        const rest = 'a'.length + payloadOf('x'.repeat(300)).length - 300;
        return modifyMemo({ a: 'x'.repeat(bytes - rest) });
      },
      { blobBytesMax: limit },
    ],
    [
      'BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit.',
      (bytes) => memoOfBytes(bytes),
      { memoBytesMax: limit },
    ],
    [
      'BadContinueAsNewAttributes: ContinueAsNewWorkflowExecutionCommandAttributes. Input exceeds size limit.',
      (bytes) => continueAsNew({ input: filled(bytes), memo: filled(limit + 1) }),
      { blobBytesMax: limit },
    ],
    [
      'BadContinueAsNewAttributes: ContinueAsNewWorkflowExecutionCommandAttributes. Memo exceeds size limit.',
      (bytes) => continueAsNew({ input: filled(limit + 1), memo: filled(bytes) }),
      { memoBytesMax: limit },
    ],
    [
      'BadSearchAttributes: search attribute CustomText value size 501 exceeds size limit 500',
      (bytes) => upsertAttributes({ CustomText: 'x'.repeat(bytes - 2) }),
      { searchAttributeBytesMax: limit },
    ],
    [
      'BadSearchAttributes: total size of search attributes 501 exceeds size limit 500',
      (bytes) => upsertAttributes({ CustomText: 'x'.repeat(bytes - 12) }),
      { searchAttributesBytesMax: limit },
    ],
  ];

  function memoOfBytes(bytes: number): CommandInit {
    const rest = memoCodec.encode({ fields: { a: payloadOf('x'.repeat(300)) } }).length - 300;
    const command = modifyMemo({ a: 'x'.repeat(bytes - rest) });
    const memo = command.modifyWorkflowPropertiesCommandAttributes?.upsertedMemo;
    if (memo?.length !== bytes) throw new Error(`a memo of ${memo?.length} bytes`);
    return command;
  }

  for (const [text, command, limits] of families) {
    test.for(around)(`${text} %i`, (over) => {
      const play = working(limits);
      const said = play.complete([startTimer('t', 1), command(limit + over)]);
      if (over <= 0) {
        expect(said).toBeNull();
        return;
      }
      expect(said).toBe(`INVALID_ARGUMENT ${text}`);
      const { found, wanted } = play.compareFrom(
        4,
        `4 WorkflowTaskFailed cause=${text.split(':')[0]} failure.message="${text}" identity=worker
         5 WorkflowExecutionTerminated reason="${text}" identity=history-service`,
      );
      expect(found).toEqual(wanted);
    });
  }
});

describe('counts and names of commands: over the limit the task fails, the run goes on', () => {
  test.for(around)('search attributes: %i', (over) => {
    const names = ['CustomText', 'CustomKeyword', 'BatcherUser', 'BatcherNamespace'];
    const given = names.slice(0, 3 + over).map((name) => [name, 'x']);
    const play = working({ searchAttributesMax: 3 });
    expect(play.complete([upsertAttributes(Object.fromEntries(given))])).toBe(
      over > 0
        ? 'INVALID_ARGUMENT BadSearchAttributes: number of search attributes 4 exceeds limit 3'
        : null,
    );
    expect(play.state.progress.status).toBe(1);
  });

  test.for(around)('pending activities: %i', (over) => {
    const play = working({ activitiesMax: 3 });
    const ids = Array.from({ length: 3 + over }, (_, index) => `${index}`);
    expect(play.complete(ids.map((id) => scheduleActivity(id)))).toBe(
      over > 0
        ? 'INVALID_ARGUMENT PendingActivitiesLimitExceeded: the number of pending activities, 3, has reached the per-workflow limit of 3'
        : null,
    );
    expect(play.state.progress.status).toBe(1);
  });

  const named: [string, (name: string) => CommandInit][] = [
    ['ActivityId on ScheduleActivityTaskCommand', (name) => scheduleActivity(name)],
    [
      'ActivityType on ScheduleActivityTaskCommand',
      (name) => scheduleActivity('a', { activityType: { name } }),
    ],
    ['TimerId on StartTimerCommand', (name) => startTimer(name, 1)],
    ['MarkerName on RecordMarkerCommand', (name) => recordMarker(name)],
  ];
  for (const [field, command] of named) {
    test.for(around)(`${field}: 1000 bytes and %i`, (over) => {
      const play = working();
      const said = play.complete([command(`${'é'.repeat(499)}${'x'.repeat(2 + over)}`)]);
      if (over <= 0) expect(said).toBeNull();
      else expect(said).toContain(`${field} exceeds length limit. Length=1001 Limit=1000`);
    });
  }
});

describe('what comes from outside', () => {
  test.for(around)('signals in the life of a run: %i', (over) => {
    const play = new Play();
    play.limits = { ...play.limits, signalsMax: 3 };
    const said = Array.from({ length: 3 + over }, () => play.signal('s'));
    expect(said.filter((text) => text !== null)).toEqual(
      over > 0 ? ['INVALID_ARGUMENT exceeded workflow execution limit for signal events'] : [],
    );
  });

  test.for(around)('events that wait: %i', (over) => {
    const play = working({ bufferedEventsMax: 3 });
    for (let count = 0; count < 3 + over; count++) play.signal('s');
    expect(typesOf(play).includes(EventType.WorkflowTaskFailed)).toBe(over > 0);
  });

  test.for(around)('bytes of events that wait: %i', (over) => {
    const play = working();
    play.signal('s', filled(100));
    const { bufferedBytes } = play.state;
    play.limits = { ...play.limits, bufferedBytesMax: bufferedBytes * 2 - over };
    play.signal('s', filled(100));
    expect(typesOf(play).includes(EventType.WorkflowTaskFailed)).toBe(over > 0);
  });

  test.for(around)('a failure of the task: %i', (over) => {
    const failure = applicationFailure('m'.repeat(500));
    const play = working({ blobBytesMax: failure.length - over });
    play.failTask('m'.repeat(500));
    const { found, wanted } = play.compareFrom(
      4,
      over > 0
        ? '4 WorkflowTaskFailed failure.message="Failure exceeds size limit." failure.cause.applicationFailureInfo.type=Test'
        : `4 WorkflowTaskFailed failure.message=${'m'.repeat(500)}`,
    );
    expect(found).toEqual(wanted);
  });
});

describe('the run as a whole: over the limit it is terminated, and the caller hears why', () => {
  const texts = {
    size: 'Workflow history size exceeds limit.',
    count: 'Workflow history count exceeds limit.',
    state: 'Workflow mutable state size exceeds limit.',
  };
  function expectEnd(play: Play, said: unknown, text: string, over: number): void {
    expect(said).toBe(over > 0 ? `INVALID_ARGUMENT ${text}` : null);
    expect(play.state.progress.status).toBe(over > 0 ? 5 : 1);
    if (over <= 0) return;
    const last = play.history.at(-1)?.workflowExecutionTerminatedEventAttributes;
    expect(last).toMatchObject({ reason: text, identity: 'history-service' });
  }

  test.for(around)('events of the history: %i', (over) => {
    const play = new Play();
    play.limits = { ...play.limits, historyEventsMax: 3 - over };
    expectEnd(play, play.signal('s'), texts.count, over);
  });

  test.for(around)('bytes of the history: %i', (over) => {
    const probe = new Play();
    probe.signal('s');
    const play = new Play();
    play.limits = { ...play.limits, historyBytesMax: probe.state.progress.historyBytes - over };
    expectEnd(play, play.signal('s'), texts.size, over);
  });

  test.for(around)('the state, grown by details of heartbeats: %i', (over) => {
    const beating = (): Play => {
      const play = new Play();
      play.work([scheduleActivity('a', { input: filled(9000) }), startTimer('t', 60)]);
      play.startActivity('a');
      return play;
    };
    const probe = beating();
    probe.heartbeat(probe.activity('a'), filled(500));
    // The input stands in the history.
    expect(probe.state.bytes).toBeLessThan(2000);
    const play = beating();
    play.limits = { ...play.limits, stateBytesMax: probe.state.bytes - over };
    const said = play.heartbeat(play.activity('a'), filled(500));
    expectEnd(play, typeof said === 'string' ? said : null, texts.state, over);
  });

  test('the size of the state goes back with what it was made of', () => {
    const play = new Play();
    const before = play.state.bytes;
    play.work([scheduleActivity('a'), startTimer('t', 1), modifyMemo({ a: 1 })]);
    play.completeActivity(play.startActivity('a'));
    play.pass(1);
    play.work([modifyMemo({ a: undefined })]);
    expect(play.state.bytes).toBe(before);
    play.signal('s');
    play.startTask();
    play.signal('waits', filled(100));
    expect(play.state.bytes).toBeGreaterThan(before + 100);
    play.complete();
    expect(play.state.bytes).toBe(before);
  });

  test.for(around)('a worker is told to continue as new from the limit on: %i', (over) => {
    const play = new Play();
    play.limits = {
      ...play.limits,
      historyEventsSuggest: 3 - over,
      historyBytesSuggest: play.state.progress.historyBytes - over,
    };
    const { attempt, scheduledEventId } = play.task;
    const poll = { attempt, scheduledEventId, pollRequestId: 'p', identity: 'w' };
    play.must(startWorkflowTask(play.state, { ...poll, ...play.moment }));
    expect(play.history[2]?.workflowTaskStartedEventAttributes).toMatchObject({
      suggestContinueAsNew: over >= 0,
      suggestContinueAsNewReasons: over >= 0 ? [1, 2] : [],
    });
  });
});
