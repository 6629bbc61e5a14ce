// The core alone: what a transition of each kind costs to decide, to encode for the log, and to fold.

import {
  completeActivity,
  completeWorkflowTask,
  type Decision,
  defaultRunLimits,
  type ExecutionState,
  encodeBody,
  fold,
  type Moment,
  signal,
  startActivity,
  startRun,
  startWorkflowTask,
  type Transition,
} from '@perdure/core-execution';
import { noBytes } from '@perdure/kernel';
import { CommandType, EventType, encodeEvent, rpcCodec } from '@perdure/wire';
import { type MicroResult, timed } from './stopwatch.ts';

const runs = 2_000;
const identity = 'worker@bench';
const payloads = Buffer.from('0a1a0a120a08656e636f64696e6712066a736f6e2f706c120422686922', 'hex');
const moment: Moment = { nowUs: 1_800_000_000_000_000, limits: defaultRunLimits };

const request = rpcCodec('StartWorkflowExecution').request;
const startRequest = request.decode(
  request.encode({
    namespace: 'default',
    workflowId: 'order-1',
    workflowType: { name: 'order' },
    taskQueue: { name: 'orders' },
    input: payloads,
    identity,
    requestId: 'request-1',
  }),
);

const completion = rpcCodec('RespondWorkflowTaskCompleted').request;
const commandsOf = (init: Parameters<typeof completion.encode>[0]) =>
  completion.decode(completion.encode(init)).commands;
const scheduling = commandsOf({
  commands: [
    {
      commandType: CommandType.ScheduleActivityTask,
      scheduleActivityTaskCommandAttributes: {
        activityId: '1',
        activityType: { name: 'greet' },
        taskQueue: { name: 'orders' },
        input: payloads,
        startToCloseTimeout: { seconds: 60 },
      },
    },
  ],
});
const completing = commandsOf({
  commands: [
    {
      commandType: CommandType.CompleteWorkflowExecution,
      completeWorkflowExecutionCommandAttributes: { result: payloads },
    },
  ],
});

function commit(state: ExecutionState, { body }: Transition): void {
  encodeBody(body);
  fold(state, body.delta);
}

function must<T>(state: ExecutionState, decision: Decision<T>): void {
  if (!decision.ok || decision.transition === null) throw new Error('the step was refused');
  commit(state, decision.transition);
}

function begin(runId: string): ExecutionState {
  const run = { namespaceId: 'namespace', workflowId: 'order-1', runId };
  const started = startRun({
    run,
    request: startRequest,
    requestId: 'request-1',
    keys: [],
    ...moment,
  });
  commit(started.state, started.transition);
  return started.state;
}

function takeTask(state: ExecutionState): void {
  const task = state.progress.workflowTask;
  if (task === null) throw new Error('there is no workflow task');
  const { scheduledEventId, attempt } = task;
  const named = { scheduledEventId, attempt, pollRequestId: 'poll-1', identity };
  must(state, startWorkflowTask(state, { ...named, ...moment }));
}

function finishTask(state: ExecutionState, commands: typeof scheduling): void {
  const task = state.progress.workflowTask;
  if (task === null) throw new Error('there is no workflow task');
  must(
    state,
    completeWorkflowTask(state, {
      task,
      commands,
      identity,
      stickyQueue: 'sticky',
      stickyScheduleToStartUs: 10_000_000,
      forceNewTask: false,
      returnNewTask: false,
      successorRunId: 'run-next',
      searchAttributes: new Map(),
      takesActivities: false,
      passedOn: {},
      ...moment,
    }),
  );
}

function onlyActivity(state: ExecutionState) {
  const [activity] = state.activities.values();
  if (activity === undefined) throw new Error('there is no activity');
  const { scheduledEventId, attempt, stamp } = activity;
  return { scheduledEventId, attempt, stamp, identity, ...moment };
}

/** The steps of a one-activity workflow, in their order. */
const steps: readonly (readonly [name: string, step: (state: ExecutionState) => void])[] = [
  ['workflow task started', takeTask],
  ['workflow task completed, one activity', (state) => finishTask(state, scheduling)],
  [
    'activity started',
    (state) =>
      must(state, startActivity(state, { ...onlyActivity(state), pollRequestId: 'poll-2' })),
  ],
  [
    'activity completed',
    (state) => must(state, completeActivity(state, { ...onlyActivity(state), result: payloads })),
  ],
  ['second workflow task started', takeTask],
  ['workflow completed', (state) => finishTask(state, completing)],
];

export function measureCore(): MicroResult[] {
  const make = (): ExecutionState[] => Array.from({ length: runs }, (_, at) => begin(`run-${at}`));
  const results = [
    timed(
      'decide, encode, fold: workflow started',
      () => null,
      () => make().length,
    ),
  ];
  for (const [at, [name, step]] of steps.entries()) {
    const prepare = (): ExecutionState[] => {
      const states = make();
      for (const [, earlier] of steps.slice(0, at)) states.forEach(earlier);
      return states;
    };
    results.push(
      timed(`decide, encode, fold: ${name}`, prepare, (states) => {
        states.forEach(step);
        return states.length;
      }),
    );
  }
  const input = { signalName: 'changed', input: payloads, header: noBytes, identity };
  results.push(
    timed('decide, encode, fold: signaled', make, (states) => {
      for (const state of states)
        must(state, signal(state, { ...input, requestId: '', ...moment }, null));
      return states.length;
    }),
    timed('encode an event', () => null, encodeEvents),
  );
  return results;
}

const eventsPerRound = 20_000;

function encodeEvents(): number {
  for (let eventId = 1; eventId <= eventsPerRound; eventId++) {
    encodeEvent({
      eventId,
      eventType: EventType.ActivityTaskCompleted,
      activityTaskCompletedEventAttributes: {
        result: payloads,
        scheduledEventId: 5,
        startedEventId: 6,
        identity,
      },
    });
  }
  return eventsPerRound;
}
