// Histories of a workflow id side by side: its runs in their order, and where what somebody asked for stands in them.

import type { HistoryEvent } from '@perdure/wire';
import { eventUs } from './rules/event-time.ts';
import type { RunShown, Shown } from './shown.ts';

/** Where an event stands that somebody asked for. */
export interface Place {
  readonly runId: string;
  /** Among the runs of the workflow id, and within its history. */
  readonly run: number;
  readonly event: number;
}

export interface Chronicle {
  /** In the order in which they began. */
  readonly runs: readonly RunShown[];
  /** By the mark of a request. */
  readonly places: ReadonlyMap<string, readonly Place[]>;
}

const made = new WeakMap<Shown, ReadonlyMap<string, Chronicle>>();
const nothing: Chronicle = { runs: [], places: new Map() };

export function chronicleOf(shown: Shown, workflowId: string): Chronicle {
  return chronicles(shown).get(workflowId) ?? nothing;
}

export function chronicles(shown: Shown): ReadonlyMap<string, Chronicle> {
  let all = made.get(shown);
  if (all === undefined) {
    const byId = Map.groupBy(shown.runs, ({ workflowId }) => workflowId);
    all = new Map([...byId].map(([workflowId, runs]) => [workflowId, chronicle(runs)]));
    made.set(shown, all);
  }
  return all;
}

function chronicle(given: readonly RunShown[]): Chronicle {
  const timeUs = (event: HistoryEvent | undefined): number =>
    event === undefined ? 0 : eventUs(event);
  // A run may make room for the next one in the instant in which it began. Runs of a chain are given in its order.
  const runs = given.toSorted(
    (a, b) =>
      timeUs(a.events[0]) - timeUs(b.events[0]) ||
      timeUs(a.events.at(-1)) - timeUs(b.events.at(-1)),
  );
  const places = new Map<string, Place[]>();
  for (const [run, { runId, events }] of runs.entries()) {
    for (const [event, content] of events.entries()) {
      const mark = markOf(content);
      if (mark === '') continue;
      const found = places.get(mark) ?? [];
      found.push({ runId, run, event });
      places.set(mark, found);
    }
  }
  return { runs, places };
}

/** By what the request is known that the event comes from; empty: from none. */
function markOf(event: HistoryEvent): string {
  return (
    event.workflowExecutionSignaledEventAttributes?.signalName ??
    event.workflowExecutionCancelRequestedEventAttributes?.identity ??
    event.workflowExecutionTerminatedEventAttributes?.identity ??
    event.workflowExecutionStartedEventAttributes?.identity ??
    ''
  );
}

/** Those that stand in the order of their places. */
export function isBefore(a: Place, b: Place): boolean {
  return a.run < b.run || (a.run === b.run && a.event < b.event);
}
