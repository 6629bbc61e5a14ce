// J13. The state of a run at a version is the same whoever holds it: memory, store, a process that replayed the log.
// J14. What waits in a state is what waits by the history: its timers, its activities.

import { closesRun } from '@perdure/testing/golden';
import type { HistoryEvent } from '@perdure/wire';
import type { StateSeen } from '../ledger.ts';
import { eventsOf, type Rule } from '../shown.ts';
import { pendingActivities } from './descriptions.ts';

export const states: Rule = (ledger, shown) => {
  const byVersion = Map.groupBy(ledger.states, ({ runId, version }) => `${runId} ${version}`);
  const differing = [...byVersion].flatMap(([key, all]) => {
    const other = all.find(({ state }) => state !== all[0]?.state);
    if (other === undefined) return [];
    return [{ text: `J13: ${key} was ${all[0]?.state} and ${other.state}`, seenUs: other.seenUs }];
  });
  return [
    ...differing,
    ...ledger.states.flatMap((seen) =>
      waitFaults(seen, eventsOf(shown, seen.runId)).map((fault) => ({
        text: `J14: ${seen.workflowId} ${seen.runId} version ${seen.version}: ${fault}`,
        seenUs: seen.seenUs,
      })),
    ),
  ];
};

function waitFaults(seen: StateSeen, events: readonly HistoryEvent[]): string[] {
  if (events.length < seen.historyLength) return [`${seen.historyLength} events were there once`];
  const then = events.slice(0, seen.historyLength);
  // What is kept back is in no event yet; a closed run waits for nothing.
  if (seen.buffered > 0 || closesRun(then.at(-1))) return [];
  const activities = text(pendingActivities(then));
  const timers = text(pendingTimers(then));
  return [
    ...(text(seen.activities) === activities
      ? []
      : [`has the activities ${text(seen.activities)}, by its history ${activities}`]),
    ...(text(seen.timers) === timers
      ? []
      : [`has the timers ${text(seen.timers)}, by its history ${timers}`]),
  ];
}

const text = (ids: Iterable<string>): string => [...ids].toSorted().join(', ') || 'none';

function pendingTimers(events: readonly HistoryEvent[]): Iterable<string> {
  const pending = new Map<number, string>();
  for (const event of events) {
    const started = event.timerStartedEventAttributes;
    if (started !== null) pending.set(event.eventId, started.timerId);
    const ended =
      event.timerFiredEventAttributes?.startedEventId ??
      event.timerCanceledEventAttributes?.startedEventId;
    if (ended !== undefined) pending.delete(ended);
  }
  return pending.values();
}
