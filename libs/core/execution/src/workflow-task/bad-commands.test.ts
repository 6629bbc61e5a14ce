// Commands a server must refuse (wire-contract 2.1, 2.2): the text, the event, and that nothing else of the completion is
// done.

import { CommandType, type WorkflowTaskFailedCause } from '@perdure/wire';
import { describe, expect, test } from 'vitest';
import {
  type CommandInit,
  cancelTimer,
  completeWorkflow,
  recordMarker,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
  upsertAttributes,
} from '../commands.fixture.ts';
import { Play } from '../play.fixture.ts';

type ActivityAttributes = NonNullable<CommandInit['scheduleActivityTaskCommandAttributes']>;

const long = 'é'.repeat(501);
const bare = (type: keyof typeof CommandType): CommandInit => ({ commandType: CommandType[type] });
const activity = (attributes: ActivityAttributes): CommandInit[] => [
  scheduleActivity('a', attributes),
];
const retry = (retryPolicy: ActivityAttributes['retryPolicy']): CommandInit[] =>
  activity({ retryPolicy });
const timer = (timerId: string, seconds: number, nanos = 0): CommandInit => ({
  ...bare('StartTimer'),
  startTimerCommandAttributes: { timerId, startToFireTimeout: { seconds, nanos } },
});
const unset = (command: string): string =>
  `${command}CommandAttributes is not set on ${command}Command.`;
const tooLong = 'exceeds length limit. Length=1002 Limit=1000';

const cases: Partial<Record<keyof typeof WorkflowTaskFailedCause, [string, CommandInit[]][]>> = {
  FeatureDisabled: [
    [
      'the command StartChildWorkflowExecution is not supported by this server version.',
      [bare('StartChildWorkflowExecution')],
    ],
  ],
  BadScheduleActivityAttributes: [
    [unset('ScheduleActivityTask'), [bare('ScheduleActivityTask')]],
    ['ActivityId is not set on ScheduleActivityTaskCommand.', [scheduleActivity('')]],
    [`ActivityId on ScheduleActivityTaskCommand ${tooLong}`, [scheduleActivity(long)]],
    ['ActivityType is not set on ScheduleActivityTaskCommand.', activity({ activityType: null })],
    [
      `ActivityType on ScheduleActivityTaskCommand ${tooLong}`,
      activity({ activityType: { name: long } }),
    ],
    ['TaskQueue is not set on ScheduleActivityTaskCommand.', activity({ taskQueue: null })],
    ['TaskQueue is not set on ScheduleActivityTaskCommand.', activity({ taskQueue: {} })],
    ['TaskQueue length exceeds limit.', activity({ taskQueue: { name: long } })],
    [
      'TaskQueue name cannot start with reserved prefix /_sys/.',
      activity({ taskQueue: { name: '/_sys/q' } }),
    ],
    [
      'A valid StartToCloseTimeout or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand.',
      activity({ startToCloseTimeout: null, heartbeatTimeout: { seconds: 1 } }),
    ],
    [
      'An invalid ScheduleToCloseTimeout is set on ScheduleActivityTaskCommand.',
      activity({ scheduleToCloseTimeout: { seconds: -1 } }),
    ],
    [
      'An invalid ScheduleToStartTimeout is set on ScheduleActivityTaskCommand.',
      activity({ scheduleToStartTimeout: { nanos: -1 } }),
    ],
    [
      'An invalid StartToCloseTimeout is set on ScheduleActivityTaskCommand.',
      activity({ startToCloseTimeout: { seconds: 1, nanos: -1 } }),
    ],
    [
      'An invalid HeartbeatTimeout is set on ScheduleActivityTaskCommand.',
      activity({ heartbeatTimeout: { seconds: -1, nanos: 1 } }),
    ],
    [
      'An invalid InitialInterval is set on retry policy.',
      retry({ initialInterval: { seconds: -1 } }),
    ],
    [
      'An invalid MaximumInterval is set on retry policy.',
      retry({ maximumInterval: { nanos: -1 } }),
    ],
    [
      'BackoffCoefficient cannot be less than 1 on retry policy.',
      retry({ backoffCoefficient: 0.5 }),
    ],
    [
      'MaximumInterval cannot be less than InitialInterval on retry policy.',
      retry({ maximumInterval: { nanos: 1_000_000 } }),
    ],
    ['MaximumAttempts cannot be negative on retry policy.', retry({ maximumAttempts: -1 })],
    [
      'Invalid timeout type value: toString.',
      retry({ nonRetryableErrorTypes: ['fine', 'TemporalTimeout:toString'] }),
    ],
    ["priority key can't be negative", activity({ priority: { priorityKey: -1 } })],
    ['fairness key length exceeds limit', activity({ priority: { fairnessKey: 'k'.repeat(65) } })],
    ['fairness weight must be greater than zero', activity({ priority: { fairnessWeight: -1 } })],
  ],
  ScheduleActivityDuplicateId: [
    ['ActivityId a is that of a pending activity.', [scheduleActivity('a'), scheduleActivity('a')]],
  ],
  BadRequestCancelActivityAttributes: [
    [unset('RequestCancelActivityTask'), [bare('RequestCancelActivityTask')]],
    [
      'ScheduledEventId is not set on RequestCancelActivityTaskCommand.',
      [requestCancelActivity(0)],
    ],
    ['ScheduledEventId 3 is not a pending activity.', [requestCancelActivity(3)]],
  ],
  BadStartTimerAttributes: [
    [unset('StartTimer'), [bare('StartTimer')]],
    ['TimerId is not set on StartTimerCommand.', [startTimer('', 1)]],
    [`TimerId on StartTimerCommand ${tooLong}`, [startTimer(long, 1)]],
    ['An invalid StartToFireTimeout is set on StartTimerCommand.', [timer('t', -1)]],
    ['An invalid StartToFireTimeout is set on StartTimerCommand.', [timer('t', 0, -1)]],
  ],
  StartTimerDuplicateId: [
    ['TimerId t is that of an active timer.', [startTimer('t', 9), startTimer('t', 9)]],
  ],
  BadCancelTimerAttributes: [
    [unset('CancelTimer'), [bare('CancelTimer')]],
    ['TimerId is not set on CancelTimerCommand.', [cancelTimer('')]],
    [`TimerId on CancelTimerCommand ${tooLong}`, [cancelTimer(long)]],
    ['TimerId nobody is not active.', [cancelTimer('nobody')]],
  ],
  BadRecordMarkerAttributes: [
    [unset('RecordMarker'), [bare('RecordMarker')]],
    ['MarkerName is not set on RecordMarkerCommand.', [recordMarker('')]],
    [`MarkerName on RecordMarkerCommand ${tooLong}`, [recordMarker(long)]],
  ],
  BadSearchAttributes: [
    [unset('UpsertWorkflowSearchAttributes'), [bare('UpsertWorkflowSearchAttributes')]],
    [
      'SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.',
      [
        {
          ...bare('UpsertWorkflowSearchAttributes'),
          upsertWorkflowSearchAttributesCommandAttributes: {},
        },
      ],
    ],
    ['IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.', [upsertAttributes({})]],
    ['search attribute Nope is not defined', [upsertAttributes({ Nope: 'x' })]],
    [
      'invalid value for search attribute CustomInt of type Int: x',
      [upsertAttributes({ CustomInt: 'x' })],
    ],
  ],
  BadModifyWorkflowPropertiesAttributes: [
    [unset('ModifyWorkflowProperties'), [bare('ModifyWorkflowProperties')]],
    [
      'UpsertedMemo is not set on ModifyWorkflowPropertiesCommand.',
      [{ ...bare('ModifyWorkflowProperties'), modifyWorkflowPropertiesCommandAttributes: {} }],
    ],
  ],
  BadCompleteWorkflowExecutionAttributes: [
    [unset('CompleteWorkflowExecution'), [bare('CompleteWorkflowExecution')]],
  ],
  BadFailWorkflowExecutionAttributes: [
    [unset('FailWorkflowExecution'), [bare('FailWorkflowExecution')]],
    [
      'Failure is not set on FailWorkflowExecutionCommand.',
      [{ ...bare('FailWorkflowExecution'), failWorkflowExecutionCommandAttributes: {} }],
    ],
  ],
  BadCancelWorkflowExecutionAttributes: [
    [unset('CancelWorkflowExecution'), [bare('CancelWorkflowExecution')]],
  ],
};

for (const [cause, list] of Object.entries(cases)) {
  test.for(list)(`${cause}: %s`, ([detail, commands]) => {
    const play = new Play();
    const said = play.work([startTimer('dropped', 60), ...commands]);
    expect(said).toBe(`INVALID_ARGUMENT ${cause}: ${detail}`);
    expect(play.state.timers.size + play.state.activities.size).toBe(0);
    expect(play.task).toMatchObject({ phase: 1, attempt: 2, transient: true });
    const { found, wanted } = play.compareFrom(
      4,
      `4 WorkflowTaskFailed scheduledEventId=2 startedEventId=3 cause=${cause} identity=worker failure.message="${cause}: ${detail}" failure.serverFailureInfo.nonRetryable=false`,
    );
    expect(found).toEqual(wanted);
  });
}

describe('a bad command', () => {
  test('in a later attempt is refused without a trace: the task is left to time out', () => {
    const play = new Play();
    play.work([cancelTimer('x')]);
    play.startTask();
    const before = play.state.progress.version;
    expect(play.complete([cancelTimer('x')])).toMatch(/^INVALID_ARGUMENT BadCancelTimer/);
    expect(play.state.progress.version).toBe(before);
    expect(play.task.phase).toBe(2);
  });

  test('after an event came: UnhandledCommand comes before whatever else is wrong', () => {
    for (const type of ['Complete', 'Fail', 'Cancel'] as const) {
      const play = new Play();
      play.startTask();
      play.signal('s');
      const said = play.complete([bare(`${type}WorkflowExecution`)]);
      expect(said).toBe('INVALID_ARGUMENT UnhandledCommand');
    }
  });

  test('UnhandledCommand is written in a later attempt too, for it is no fault of the code', () => {
    const play = new Play();
    play.work([cancelTimer('x')]);
    play.startTask();
    play.signal('s');
    expect(play.complete([completeWorkflow()])).toBe('INVALID_ARGUMENT UnhandledCommand');
    const { found, wanted } = play.compareFrom(
      5,
      `5 WorkflowExecutionSignaled
       6 WorkflowTaskScheduled attempt=1`,
    );
    expect(found).toEqual(wanted);
  });

  test('an activity id is free again once its activity was cancelled, in the same task too', () => {
    const play = new Play();
    play.work([scheduleActivity('a')]);
    play.signal('s');
    const again = [requestCancelActivity(5), scheduleActivity('a')];
    expect(play.work([...again, scheduleActivity('a')])).toMatch(/ScheduleActivityDuplicateId/);
    expect(play.work(again)).toBeNull();
    expect([...play.state.activities.values()].map(({ activityId }) => activityId)).toEqual(['a']);
  });

  test('may cancel an activity twice only while a result of it waits', () => {
    const play = new Play();
    play.work([scheduleActivity('a')]);
    const running = play.startActivity('a');
    play.signal('s');
    const twice = [requestCancelActivity(5), requestCancelActivity(5)];
    expect(play.work(twice)).toBe(
      'INVALID_ARGUMENT BadRequestCancelActivityAttributes: The activity with ScheduledEventId 5 is already asked to cancel.',
    );
    play.startTask();
    play.completeActivity(running);
    expect(play.complete(twice)).toBeNull();
    expect(play.history.slice(-5).map(({ eventType }) => eventType)).toEqual([15, 15, 11, 12, 5]);
  });
});

describe('the structure of the commands', () => {
  const refusals: [string, CommandInit[]][] = [
    [
      'Commands after a closing command: a command that closes the workflow must be the last one.',
      [completeWorkflow(), startTimer('t', 1)],
    ],
    ['Unknown command type 999 at position 1.', [startTimer('t', 1), { commandType: 999 }]],
    ['Unknown command type 0 at position 0.', [{}]],
  ];
  test.for(refusals)('refused without any effect: %s', ([text, commands]) => {
    const play = new Play();
    play.startTask();
    const before = play.state.progress.version;
    expect(play.complete(commands)).toBe(`INVALID_ARGUMENT ${text}`);
    expect(play.state.progress.version).toBe(before);
    expect(play.complete([completeWorkflow()])).toBeNull();
  });
});
