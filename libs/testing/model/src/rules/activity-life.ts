// What a history says of each activity: what was asked for, which attempt ended it and how.

import { closesRun, readPayloads } from '@perdure/testing/golden';
import { decodeFailure, type HistoryEvent } from '@perdure/wire';
import { eventUs, inUs } from './event-time.ts';

type Scheduled = NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>;

export interface ActivityLife {
  readonly activityId: string;
  readonly scheduledUs: number;
  readonly startToCloseUs: number;
  readonly scheduleToStartUs: number;
  readonly scheduleToCloseUs: number;
  readonly heartbeatUs: number;
  readonly policy: NonNullable<Scheduled['retryPolicy']>;
  /** When the workflow asked for its end; null: it did not. */
  readonly cancelRequestedUs: number | null;
  /** The attempt that ended it; null: none did, or it has not ended. */
  readonly started: {
    readonly attempt: number;
    readonly startedUs: number;
    readonly lastFailure: Uint8Array;
  } | null;
  /** Null: it had not ended when its run had. */
  readonly end: HistoryEvent | null;
  /** When it, or its run, ended; infinite: it did not. */
  readonly endedUs: number;
}

type Draft = { -readonly [K in keyof ActivityLife]: ActivityLife[K] };

/** By activity id: programs use no id twice in a run. */
export function activityLives(events: readonly HistoryEvent[]): Map<string, ActivityLife> {
  const byEvent = new Map<number, Draft>();
  const last = events.at(-1);
  const runEndedUs =
    last !== undefined && closesRun(last) ? eventUs(last) : Number.POSITIVE_INFINITY;
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled !== null) byEvent.set(event.eventId, begun(event, scheduled, runEndedUs));
    const asked = event.activityTaskCancelRequestedEventAttributes;
    const stopped = byEvent.get(asked?.scheduledEventId ?? 0);
    if (stopped !== undefined) stopped.cancelRequestedUs = eventUs(event);
    const started = event.activityTaskStartedEventAttributes;
    const life = byEvent.get(started?.scheduledEventId ?? 0);
    if (started !== null && life !== undefined) {
      const { attempt, lastFailure } = started;
      life.started = { attempt, lastFailure, startedUs: eventUs(event) };
    }
    const ended = byEvent.get(endedActivity(event) ?? 0);
    if (ended !== undefined) Object.assign(ended, { end: event, endedUs: eventUs(event) });
  }
  return new Map([...byEvent.values()].map((life) => [life.activityId, life]));
}

function begun(event: HistoryEvent, scheduled: Scheduled, runEndedUs: number): Draft {
  const { activityId, retryPolicy } = scheduled;
  return {
    activityId,
    scheduledUs: eventUs(event),
    startToCloseUs: inUs(scheduled.startToCloseTimeout),
    scheduleToStartUs: inUs(scheduled.scheduleToStartTimeout),
    scheduleToCloseUs: inUs(scheduled.scheduleToCloseTimeout),
    heartbeatUs: inUs(scheduled.heartbeatTimeout),
    policy: retryPolicy as Draft['policy'],
    cancelRequestedUs: null,
    started: null,
    end: null,
    endedUs: runEndedUs,
  };
}

/** The scheduled event of the activity that the event ends. */
function endedActivity(event: HistoryEvent): number | undefined {
  return (
    event.activityTaskCompletedEventAttributes?.scheduledEventId ??
    event.activityTaskFailedEventAttributes?.scheduledEventId ??
    event.activityTaskTimedOutEventAttributes?.scheduledEventId ??
    event.activityTaskCanceledEventAttributes?.scheduledEventId
  );
}

/** The shortest time after which an attempt that nobody hears of can be given up. */
export function silenceUs({ startToCloseUs, heartbeatUs }: ActivityLife): number {
  return heartbeatUs > 0 ? Math.min(startToCloseUs, heartbeatUs) : startToCloseUs;
}

/** How long after the end of that attempt the policy wants the next. */
export function intervalUs({ policy }: ActivityLife, attempt: number): number {
  const grown = inUs(policy.initialInterval) * policy.backoffCoefficient ** (attempt - 1);
  return Math.min(grown, inUs(policy.maximumInterval));
}

/** What the one who ended it left there to be known by. */
export function markOf({ end }: ActivityLife): string {
  const completed = end?.activityTaskCompletedEventAttributes ?? null;
  if (completed !== null) return String(readPayloads(completed.result)[0]);
  const failed = end?.activityTaskFailedEventAttributes ?? null;
  if (failed !== null) return decodeFailure(failed.failure).message;
  const canceled = end?.activityTaskCanceledEventAttributes ?? null;
  return canceled === null ? '' : String(readPayloads(canceled.details)[0]);
}
