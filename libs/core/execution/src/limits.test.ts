// What happens at the bounds of a run (wire-contract 2.1, 2.5, 2.8, 5).

import { EventType } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import {
  applicationFailure,
  type CommandInit,
  cancelTimer,
  data,
  scheduleActivity,
  startTimer,
} from './commands.fixture.ts';
import { defaultRunLimits as limits } from './limits.ts';
import { Play } from './play.fixture.ts';
import { startWorkflowTask } from './workflow-task/start.ts';

function expectFrom(play: Play, table: string): void {
  const { found, wanted } = play.compareFrom(Number(/\d+/.exec(table)?.[0]), table);
  expect(found).toEqual(wanted);
}

/** A run whose history is as long or as large as given. */
function near(progress: { nextEventId?: number; historyBytes?: number }, play = new Play()): Play {
  play.state.progress = { ...play.state.progress, ...progress };
  play.history.length = 0;
  return play;
}

describe('history', () => {
  const count = 'Workflow history count exceeds limit.';
  const size = 'Workflow history size exceeds limit.';

  test('may be as long as the limit', () => {
    const play = near({ nextEventId: limits.historyEventsMax });
    expect(play.signal('last')).toBeNull();
    expect(play.state.progress.status).toBe(1);
  });

  test.for([
    [count, { nextEventId: limits.historyEventsMax + 1 }],
    [size, { historyBytes: limits.historyBytesMax }],
  ] as const)(
    'past it: %s The caller hears it, and the run is terminated instead',
    ([text, at]) => {
      const play = near(at);
      expect(play.signal('one too many')).toBe(`INVALID_ARGUMENT ${text}`);
      const id = at === undefined || !('nextEventId' in at) ? 3 : at.nextEventId;
      const { found, wanted } = play.compare(
        `${id} WorkflowExecutionTerminated reason="${text}" identity=history-service details=none`,
      );
      expect(found).toEqual(wanted);
      expect(play.state.progress).toMatchObject({ status: 5, signals: 0 });
    },
  );

  test('a poll that would take it past the limit gets no task, and the run is terminated', () => {
    const play = near({ nextEventId: limits.historyEventsMax + 1 });
    const input = {
      scheduledEventId: 2,
      attempt: 1,
      pollRequestId: 'p',
      identity: 'w',
      ...play.moment,
    };
    expect(play.decide(startWorkflowTask(play.state, input))).toBe(`INVALID_ARGUMENT ${count}`);
    expect(play.state.progress.status).toBe(5);
  });

  test('a refused completion hears of the limit, not of its command', () => {
    const play = new Play();
    play.startTask();
    near({ nextEventId: limits.historyEventsMax + 1 }, play);
    expect(play.complete([cancelTimer('x')])).toBe(`INVALID_ARGUMENT ${count}`);
    expect(play.state.progress.status).toBe(5);
  });

  test('a completion that closes the run may pass it', () => {
    const play = new Play();
    play.startTask();
    near({ nextEventId: limits.historyEventsMax }, play);
    const close = { commandType: 4, completeWorkflowExecutionCommandAttributes: {} };
    expect(play.complete([close])).toBeNull();
    expect(play.state.progress.status).toBe(2);
  });

  test('a timer that would take it past the limit terminates the run', () => {
    const play = new Play();
    play.work([startTimer('t', 1)]);
    near({ nextEventId: limits.historyEventsMax }, play);
    play.pass(1);
    expect(play.history.map(({ eventType }) => eventType)).toEqual([
      EventType.WorkflowExecutionTerminated,
    ]);
  });
});

describe('buffered events', () => {
  const forced = (play: Play, waited: number): void =>
    expectFrom(
      play,
      `4 WorkflowTaskFailed cause=ForceCloseCommand identity=history-service failure=none
       ${Array.from({ length: waited }, (_, i) => `${5 + i} WorkflowExecutionSignaled`).join('\n')}
       ${5 + waited} WorkflowTaskScheduled attempt=1`,
    );

  test('too many bytes fail the started workflow task by force, and come in', () => {
    const play = new Play();
    play.startTask();
    const half = data('x'.repeat(limits.bufferedBytesMax / 2 - 100));
    play.signal('a', half);
    play.signal('b', half);
    expect(play.history.length).toBe(3);
    expect(play.signal('c', data('y'.repeat(200)))).toBeNull();
    forced(play, 3);
  });

  test('too many events do', () => {
    const play = new Play();
    play.startTask();
    play.signal('s');
    const [event] = play.state.buffered as [Uint8Array];
    for (let i = 1; i < 100; i++) play.state.buffered.push(event);
    play.state.bufferedBytes *= 100;
    play.signal('s');
    expect(play.history.length).toBe(3);
    while (play.state.buffered.length < limits.bufferedEventsMax) play.state.buffered.push(event);
    play.signal('s');
    expect(play.history.length).toBe(3 + 1 + limits.bufferedEventsMax + 1 + 1);
    expect(play.task).toMatchObject({ phase: 1, attempt: 1 });
  });
});

test('signals in the life of a run', () => {
  const play = new Play();
  play.state.progress = { ...play.state.progress, signals: limits.signalsMax - 1 };
  expect(play.signal('last')).toBeNull();
  expect(play.signal('one too many')).toBe(
    'INVALID_ARGUMENT exceeded workflow execution limit for signal events',
  );
  expect(play.state.progress.status).toBe(1);
});

test('pending activities', () => {
  const play = new Play();
  play.work(Array.from({ length: limits.activitiesMax - 1 }, (_, i) => scheduleActivity(`${i}`)));
  play.signal('s');
  expect(play.work([scheduleActivity('last'), scheduleActivity('one too many')])).toBe(
    'INVALID_ARGUMENT PendingActivitiesLimitExceeded: the number of pending activities, 2000, has reached the per-workflow limit of 2000',
  );
  expect(play.state.progress.status).toBe(1);
  expect(play.state.activities.size).toBe(limits.activitiesMax - 1);
});

describe('user data of a command', () => {
  const large = new Uint8Array(limits.blobBytesMax + 1);
  const cases: [string, string, CommandInit][] = [
    [
      'BadScheduleActivityAttributes',
      'ScheduleActivityTaskCommandAttributes.Input',
      scheduleActivity('a', { input: large }),
    ],
    [
      // Upstream's cause for a result is that of activities: clients match the text.
      'BadScheduleActivityAttributes',
      'CompleteWorkflowExecutionCommandAttributes.Result',
      { commandType: 4, completeWorkflowExecutionCommandAttributes: { result: large } },
    ],
    [
      'BadFailWorkflowExecutionAttributes',
      'FailWorkflowExecutionCommandAttributes.Failure',
      {
        commandType: 5,
        failWorkflowExecutionCommandAttributes: {
          failure: applicationFailure('x', { details: large }),
        },
      },
    ],
  ];
  test.for(cases)('%s: %s exceeds size limit: failed and terminated', ([cause, field, command]) => {
    const play = new Play();
    play.startTask();
    if (command.commandType === 1) play.signal('acknowledged');
    const text = `${cause}: ${field} exceeds size limit.`;
    expect(play.complete([startTimer('t', 1), command])).toBe(`INVALID_ARGUMENT ${text}`);
    const signalled = command.commandType === 1 ? '5 WorkflowExecutionSignaled\n' : '';
    expectFrom(
      play,
      `4 WorkflowTaskFailed cause=${cause} identity=worker failure.message="${text}"
       ${signalled}${signalled === '' ? 5 : 6} WorkflowExecutionTerminated reason="${text}" identity=history-service`,
    );
  });

  test('in a later attempt it is refused without a trace', () => {
    const play = new Play();
    play.work([cancelTimer('x')]);
    expect(play.work([scheduleActivity('a', { input: large })])).toMatch(/exceeds size limit/);
    expect(play.state.progress.status).toBe(1);
  });

  test('of exactly the limit is taken', () => {
    const play = new Play();
    const input = large.subarray(1);
    expect(play.work([scheduleActivity('a', { input })])).toBeNull();
  });
});
