// The owner's view of a run, as cards and as JSON.

import { fromUs } from '@perdure/kernel';
import type { JsonValue } from '@perdure/wire/full';
import type { RunView } from '@perdure/wire/operator';
import { enumLabel } from '../render/enum-label.ts';
import type { Output, Row } from '../render/output.ts';
import { showTime, type TimeFormat } from '../render/time.ts';

export function showUs(us: number, format: TimeFormat): string {
  return us === 0 ? '' : showTime(fromUs(us), format, Date.now());
}

export function printRun(output: Output, run: RunView, state: boolean): void {
  if (!output.isText) return;
  const time = (us: number): string => showUs(us, output.timeFormat);
  output.heading('Run:');
  output.card(infoRows(run, time));
  if (!state) return;
  printTasks(output, run, time);
  printRest(output, run, time);
}

function infoRows(run: RunView, time: (us: number) => string): readonly Row[] {
  const unapplied = run.unapplied.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ['WorkflowId', run.workflowId],
    ['RunId', run.runId],
    ['CurrentRunId', run.currentRunId === run.runId ? '' : run.currentRunId],
    ['Status', enumLabel('WorkflowExecutionStatus', run.status)],
    ['Quarantined', run.quarantined],
    ['Owner', `shard ${run.shard}, epoch ${run.epoch}`],
    ['InMemory', run.inMemory ? `yes, since ${time(run.takenOverUs) || 'its start'}` : 'no'],
    ['HeadVersion', String(run.headVersion)],
    ['DurableVersion', String(run.durableVersion)],
    ['AppliedVersion', String(run.appliedVersion)],
    ['Unapplied', `${run.unapplied.length} transitions, ${unapplied} bytes`],
    [
      'Events',
      `${run.nextEventId - 1}, up to ${run.storedEventId} in the store, ${run.historyBytes} bytes`,
    ],
    ['Due', time(run.dueUs)],
  ];
}

function printTasks(output: Output, run: RunView, time: (us: number) => string): void {
  const task = run.workflowTask;
  output.line();
  output.heading('Tasks:');
  if (task !== null) {
    output.line(
      `  workflow task ${task.scheduledEventId}${task.transient ? ' (transient)' : ''}: ${task.phase}, attempt ${task.attempt}, on ${task.queue}, ${time(task.startedUs || task.scheduledUs)} ${task.identity}`.trimEnd(),
    );
  }
  for (const activity of run.activities) {
    const { scheduledEventId, activityId, activityType, phase, attempt, queue, identity } =
      activity;
    const since = time(activity.startedUs || activity.attemptScheduledUs);
    output.line(
      `  activity ${scheduledEventId} ${activityId} (${activityType}): ${phase}, attempt ${attempt}, on ${queue}, ${since} ${identity}`.trimEnd(),
    );
  }
  if (task === null && run.activities.length === 0) output.line('  none');
}

function printRest(output: Output, run: RunView, time: (us: number) => string): void {
  const list = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    output.line();
    output.heading(title);
    for (const line of lines) output.line(`  ${line}`);
  };
  list(
    'Timers:',
    run.timers.map(
      ({ timerId, startedEventId, fireAtUs }) =>
        `${timerId}, started by event ${startedEventId}, fires ${time(fireAtUs)}`,
    ),
  );
  list(
    'Waits for the workflow task:',
    run.bufferedEvents === 0 ? [] : [`${run.bufferedEvents} events`],
  );
  list(
    'Request ids:',
    run.dedupKeys.map(({ key, runId, expiresAtUs, answer }) =>
      answer === ''
        ? `${key} of ${runId}, until ${time(expiresAtUs)}`
        : `${key}: ${answer}, until ${time(expiresAtUs) || 'its sender releases it'}`,
    ),
  );
  list(
    'Messages under way:',
    run.outbox.map(
      ({ messageId, phase, workflowId, runId }) =>
        `${messageId} to ${workflowId}${runId === '' ? '' : ` ${runId}`}, ${phase}`,
    ),
  );
  list(
    'Probes:',
    run.probes.map(({ messageId, what, text, answer }) =>
      `${what} ${messageId} ${answer} ${text}`.trimEnd(),
    ),
  );
  list(
    'Unapplied tail:',
    run.unapplied.map(
      ({ version, bytes, offset }) =>
        `version ${version}, ${bytes} bytes, ${offset < 0 ? 'on its way to the log' : `at offset ${offset}`}`,
    ),
  );
}

/** Every field of the view; what `--state` adds is left out without it. */
export function runJson(run: RunView, state: boolean): JsonValue {
  const { workflowTask, activities, timers, dedupKeys, unapplied, bufferedEvents, ...fields } =
    ownFields(run);
  const { outbox, probes, ...rest } = fields;
  if (!state) return rest as JsonValue;
  return {
    ...rest,
    workflowTask: workflowTask === null ? null : ownFields(workflowTask as object),
    activities: (activities as object[]).map(ownFields),
    timers: (timers as object[]).map(ownFields),
    dedupKeys: (dedupKeys as object[]).map(ownFields),
    outbox: (outbox as object[]).map(ownFields),
    probes: (probes as object[]).map(ownFields),
    unapplied: (unapplied as object[]).map(ownFields),
    bufferedEvents,
  } as JsonValue;
}

/** A decoded message keeps the defaults of absent fields on its prototype. */
function ownFields(message: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name in message) {
    const value = (message as Record<string, unknown>)[name];
    if (typeof value !== 'function') fields[name] = value;
  }
  return fields;
}
