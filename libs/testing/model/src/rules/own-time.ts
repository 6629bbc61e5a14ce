// J22. The time of a run never goes back, whatever the clocks of its servers do. Only what happened while a worker had a
//      workflow task stands behind the task with the time at which it happened.

import { eventTypeName } from '@perdure/testing/golden';
import type { Rule } from '../shown.ts';
import { eventUs } from './event-time.ts';

/** Nothing of this kind ever waits for the end of a task. */
const inOrder =
  /^(WorkflowTask.*|ActivityTaskScheduled|TimerStarted|TimerCanceled|MarkerRecorded)$/;

export const ownTime: Rule = (_ledger, shown) =>
  shown.runs.flatMap(({ workflowId, events }) => {
    let newestUs = 0;
    return events.flatMap((event) => {
      const name = eventTypeName(event.eventType);
      if (!inOrder.test(name)) return [];
      const backUs = newestUs - eventUs(event);
      newestUs = Math.max(newestUs, eventUs(event));
      return backUs > 0
        ? [
            `J22: ${workflowId}: event ${event.eventId} ${name} happened ${backUs} µs before one before it`,
          ]
        : [];
    });
  });
