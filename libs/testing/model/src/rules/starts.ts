// J1. An acknowledged start has its run; one start makes one run; one run of a workflow id is open at a time.

import type { HistoryEvent } from '@perdure/wire';
import type { Rule, RunShown } from '../shown.ts';
import { eventUs } from './event-time.ts';

/** By so much the clocks of two lives of a server may differ. */
const clocksDifferUs = 500_000;

export const starts: Rule = (ledger, shown) => {
  const known = new Set(shown.runs.map(({ runId }) => runId));
  const lost = ledger.starts
    .filter(({ runId }) => !known.has(runId))
    .map(({ workflowId, runId, endedUs: seenUs }) => {
      const text = `J1: run ${runId} of ${workflowId} was acknowledged and is not there`;
      return { text, seenUs };
    });
  const byId = Map.groupBy(shown.runs, ({ workflowId }) => workflowId);
  if (ledger.clocksAreSet) return lost;
  return [...lost, ...[...byId].flatMap(([workflowId, runs]) => overlaps(workflowId, runs))];
};

function overlaps(workflowId: string, runs: readonly RunShown[]): string[] {
  const spans = runs
    .filter(({ events }) => events.length > 0)
    .map(({ runId, events }) => ({
      runId,
      beganUs: eventUs(events[0] as HistoryEvent),
      endedUs: eventUs(events.at(-1) as HistoryEvent),
    }))
    .toSorted((a, b) => a.beganUs - b.beganUs || a.endedUs - b.endedUs);
  return spans.flatMap(({ runId, beganUs }, index) => {
    const before = spans[index - 1];
    return before !== undefined && beganUs < before.endedUs - clocksDifferUs
      ? [`J1: runs ${before.runId} and ${runId} of ${workflowId} were open at the same time`]
      : [];
  });
}
