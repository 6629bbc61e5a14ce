// The end of an activity: completed, failed for good, timed out, cancelled. The started event is written with it
// (wire-contract 2.5: attempts that are retried leave no events).

import { EventType } from '@perdure/wire';
import type { Draft, EventAttributes } from '../draft.ts';
import type { Activity } from '../state.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';

/** Writes, or buffers, the started event of the attempt that ends the activity. 0 when it waits for its id. */
function recordStarted(draft: Draft, activity: Activity): number {
  return draft.record(
    EventType.ActivityTaskStarted,
    {
      activityTaskStartedEventAttributes: {
        scheduledEventId: activity.scheduledEventId,
        identity: activity.startedIdentity,
        requestId: activity.pollRequestId,
        attempt: activity.attempt,
        ...(activity.lastFailure.length > 0 ? { lastFailure: activity.lastFailure } : {}),
      },
    },
    activity.startedTimeUs,
  );
}

export interface ActivityEnd {
  readonly eventType: number;
  /** The event's attributes, given the ids that link it. */
  attributes(links: { scheduledEventId: number; startedEventId: number }): EventAttributes;
}

/** Ends an activity. `started`: an attempt is running, whose started event belongs to the history now. */
export function finishActivity(
  draft: Draft,
  activity: Activity,
  started: boolean,
  end: ActivityEnd,
): void {
  const startedEventId = started ? recordStarted(draft, activity) : 0;
  draft.record(
    end.eventType,
    end.attributes({ scheduledEventId: activity.scheduledEventId, startedEventId }),
  );
  draft.removeActivity(activity.scheduledEventId);
  draft.note({ kind: 'activityEnded', activity, eventType: end.eventType });
  scheduleWorkflowTask(draft);
}
