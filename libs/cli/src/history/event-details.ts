// One line about an event: what its type alone does not say. Remembers names on the way, so that the end of an
// activity, child or timer can say which one it was.

import { type SecondsAndNanos, toUs } from '@perdure/kernel';
import type { Failure, FullHistoryEvent, Payloads } from '@perdure/wire/full';
import { enumLabel } from '../render/enum-label.ts';
import { failureText, payloadsText } from '../render/payload-text.ts';
import { showDuration } from '../render/time.ts';

const lettersMax = 100;

type Attributes = Readonly<Record<string, unknown>>;
type Describe = (attributes: Attributes, names: Names) => string;

/** Names of what was scheduled or started, by the id of the event that did. */
type Names = Map<number, string>;

export class EventNarrator {
  readonly #names: Names = new Map();

  details(event: FullHistoryEvent): string {
    const [field, attributes] = attributesOf(event);
    const kind = field.replace(/EventAttributes$/, '');
    const name = nameGiven(kind, attributes);
    if (name !== '') this.#names.set(event.eventId, name);
    const text = (describe[kind] ?? nothing)(attributes, this.#names);
    return shorten(text);
  }
}

function attributesOf(event: FullHistoryEvent): readonly [string, Attributes] {
  for (const [field, value] of Object.entries(event)) {
    if (field.endsWith('Attributes') && value !== null) return [field, value as Attributes];
  }
  return ['', {}];
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > lettersMax ? `${line.slice(0, lettersMax - 3)}...` : line;
}

function nameGiven(kind: string, attributes: Attributes): string {
  if (kind === 'activityTaskScheduled') return named(attributes['activityType']);
  if (kind === 'timerStarted') return `timer ${text(attributes['timerId'])}`;
  if (kind === 'startChildWorkflowExecutionInitiated') return named(attributes['workflowType']);
  if (kind === 'nexusOperationScheduled') return text(attributes['operation']);
  return '';
}

const named = (type: unknown): string => (type as { name?: string } | null)?.name ?? '';
const queue = (of: unknown): string => named(of) && ` on ${named(of)}`;
const words = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join(' ');
const result = (of: unknown): string =>
  prefixed('= ', payloadsText((of ?? null) as Payloads | null));
const input = (of: unknown): string => payloadsText((of ?? null) as Payloads | null);
const failure = (of: unknown): string => failureText((of ?? null) as Failure | null);
const prefixed = (prefix: string, text: string): string => (text === '' ? '' : prefix + text);
const text = (of: unknown): string => (typeof of === 'string' ? of : '');
const nothing: Describe = () => '';

const scheduled = (attributes: Attributes, names: Names): string =>
  names.get(Number(attributes['scheduledEventId'])) ?? '';
const child = (attributes: Attributes): string =>
  words(
    named(attributes['workflowType']),
    (attributes['workflowExecution'] as { workflowId?: string } | null)?.workflowId ?? '',
  );
const duration = (of: unknown): string => {
  return of ? showDuration(toUs(of as SecondsAndNanos)) : '';
};

const describe: Readonly<Record<string, Describe>> = {
  workflowExecutionStarted: (of) =>
    words(named(of['workflowType']) + queue(of['taskQueue']), input(of['input'])),
  workflowExecutionCompleted: (of) => result(of['result']),
  workflowExecutionFailed: (of) => failure(of['failure']),
  workflowExecutionTerminated: (of) => text(of['reason']),
  workflowExecutionCanceled: (of) => input(of['details']),
  workflowExecutionCancelRequested: (of) => text(of['cause']),
  workflowExecutionContinuedAsNew: (of) => `as run ${text(of['newExecutionRunId'])}`,
  workflowExecutionSignaled: (of) => words(text(of['signalName']), input(of['input'])),
  workflowExecutionUpdateAccepted: (of) => {
    const request = of['acceptedRequest'] as { input?: { name?: string } | null } | null;
    return request?.input?.name ?? '';
  },
  workflowTaskTimedOut: (of) => enumLabel('TimeoutType', Number(of['timeoutType'])),
  workflowTaskFailed: (of) =>
    words(enumLabel('WorkflowTaskFailedCause', Number(of['cause'])), failure(of['failure'])),
  activityTaskScheduled: (of) => words(named(of['activityType']), input(of['input'])),
  activityTaskStarted: (of, names) => {
    const attempt = Number(of['attempt']);
    if (attempt <= 1) return scheduled(of, names);
    const before = prefixed(' after ', failure(of['lastFailure']));
    const name = scheduled(of, names);
    return `${name}${name === '' ? '' : ', '}attempt ${attempt}${before}`;
  },
  activityTaskCompleted: (of, names) => words(scheduled(of, names), result(of['result'])),
  activityTaskFailed: (of, names) => words(scheduled(of, names), failure(of['failure'])),
  activityTaskTimedOut: (of, names) => words(scheduled(of, names), failure(of['failure'])),
  activityTaskCancelRequested: scheduled,
  activityTaskCanceled: scheduled,
  timerStarted: (of) =>
    words(`timer ${text(of['timerId'])}`, prefixed('for ', duration(of['startToFireTimeout']))),
  timerFired: (of) => `timer ${text(of['timerId'])}`,
  timerCanceled: (of) => `timer ${text(of['timerId'])}`,
  markerRecorded: (of) => text(of['markerName']),
  startChildWorkflowExecutionInitiated: (of) =>
    words(named(of['workflowType']), text(of['workflowId']), input(of['input'])),
  startChildWorkflowExecutionFailed: (of) =>
    words(
      named(of['workflowType']),
      text(of['workflowId']),
      enumLabel('StartChildWorkflowExecutionFailedCause', Number(of['cause'])),
    ),
  childWorkflowExecutionStarted: child,
  childWorkflowExecutionCompleted: (of) => words(child(of), result(of['result'])),
  childWorkflowExecutionFailed: (of) => words(child(of), failure(of['failure'])),
  childWorkflowExecutionCanceled: child,
  childWorkflowExecutionTimedOut: child,
  childWorkflowExecutionTerminated: child,
  signalExternalWorkflowExecutionInitiated: (of) =>
    words(
      text(of['signalName']),
      (of['workflowExecution'] as { workflowId?: string } | null)?.workflowId ?? '',
    ),
};
