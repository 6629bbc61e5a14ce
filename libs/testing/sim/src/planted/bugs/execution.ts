// Bugs in the state machine of a run: activities, timers, signals, workflow tasks.

import type { PlantedBug } from '../plant.ts';

const attempt = 'libs/core/execution/src/activity/attempt.ts';
const due = 'libs/core/execution/src/due.ts';
const flush = 'libs/core/execution/src/workflow-task/flush.ts';
const policy = 'libs/core/execution/src/activity/retry-policy.ts';
const retry = 'libs/core/execution/src/activity/retry.ts';
const timers = 'libs/core/execution/src/timer/commands.ts';

export const executionBugs: readonly PlantedBug[] = [
  {
    name: 'give each attempt the same number',
    file: retry,
    find: 'attempt: activity.attempt + 1,',
    replace: 'attempt: activity.attempt,',
  },
  {
    name: 'allow one attempt more than the maximum',
    file: policy,
    find: 'policy.maximumAttempts > 0 && attempt >= policy.maximumAttempts',
    replace: 'policy.maximumAttempts > 0 && attempt > policy.maximumAttempts',
  },
  {
    name: 'retry at once',
    file: retry,
    find: 'attemptScheduledTimeUs: draft.nowUs + answer.delayUs,',
    replace: 'attemptScheduledTimeUs: draft.nowUs,',
  },
  {
    name: 'let the retry interval stay as it began',
    file: policy,
    find: 'const growth = policy.coefficient ** (attempt - 1);',
    replace: 'const growth = 1;',
  },
  {
    name: 'drop the heartbeat with the attempt',
    file: retry,
    find: 'lastHeartbeatUs: 0,\n    lastFailure',
    replace: 'heartbeatDetails: new Uint8Array(0),\n    lastHeartbeatUs: 0,\n    lastFailure',
  },
  {
    name: 'take the result of an attempt that is over',
    file: attempt,
    find: 'activity?.phase === ActivityPhase.Started && activity.attempt === name.attempt;',
    replace: 'activity !== undefined;',
  },
  {
    name: 'set no start-to-close time-out',
    file: due,
    find: 'consider(activity.startToCloseUs, startedTimeUs, TimeoutType.StartToClose);',
    replace: '',
  },
  {
    name: 'set no heartbeat time-out',
    file: due,
    find: 'consider(activity.heartbeatUs, aliveUs, TimeoutType.Heartbeat);',
    replace: '',
  },
  {
    name: 'set no schedule-to-start time-out',
    file: due,
    find: 'consider(activity.scheduleToStartUs, attemptScheduledTimeUs, TimeoutType.ScheduleToStart);',
    replace: '',
  },
  {
    name: 'tell no worker that its activity is to be cancelled',
    file: attempt,
    find: 'return decided(draft, { cancelRequested: activity.cancelRequestedEventId > 0 });',
    replace: 'return decided(draft, { cancelRequested: false });',
  },
  {
    name: 'fire a timer that was cancelled',
    file: timers,
    find: 'draft.timers.remove(timerId);',
    replace: '',
  },
  {
    name: 'wait for a workflow task without end',
    file: due,
    find: "if (earlier(best, atUs)) best = { kind: 'workflowTaskTimeout', atUs };",
    replace: '',
  },
  {
    name: 'fire a timer early',
    file: timers,
    find: 'fireAtUs: draft.nowUs + durationUs',
    replace: 'fireAtUs: draft.nowUs + Math.floor(durationUs * 0.999)',
  },
  {
    name: 'fire a timer late',
    file: timers,
    find: 'fireAtUs: draft.nowUs + durationUs',
    replace: 'fireAtUs: draft.nowUs + durationUs + 5_000_000',
  },
  {
    name: 'turn the order of events that waited',
    file: flush,
    find: 'const waiting = draft.buffered();',
    replace: 'const waiting = draft.buffered().reverse();',
  },
  {
    name: 'schedule no task for events that waited',
    file: 'libs/core/execution/src/workflow-task/complete.ts',
    find: 'if (flushed || input.forceNewTask) {',
    replace: 'if (input.forceNewTask) {',
  },
  {
    name: 'take the completion of a workflow task that is over',
    file: 'libs/core/execution/src/workflow-task/complete.ts',
    find: 'task.startedEventId === name.startedEventId &&\n    task.attempt === name.attempt &&\n    task.startedTimeUs === name.startedTimeUs;',
    replace: 'name.attempt > 0;',
    also: [
      {
        file: 'libs/core/execution/src/workflow-task/complete.ts',
        find: 'task.scheduledEventId === name.scheduledEventId &&',
        replace: '',
      },
    ],
  },
  {
    name: 'let the time of a run go back',
    file: 'libs/core/execution/src/draft.ts',
    find: 'this.nowUs = Math.max(nowUs, state.progress.clockUs);',
    replace: 'this.nowUs = nowUs;',
  },
  {
    name: 'store a run without its timers',
    file: 'libs/core/execution/src/encoding.ts',
    find: 'timersSet: [...state.timers.values()],',
    replace: 'timersSet: [],',
  },
  {
    name: 'store a run without the events that wait',
    file: 'libs/core/execution/src/encoding.ts',
    find: 'bufferedReplaced: false,\n      buffered: state.buffered,',
    replace: 'bufferedReplaced: false,\n      buffered: [],',
  },
];
