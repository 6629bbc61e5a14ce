// J10. A history that was asked for after a signal was acknowledged shows it, unless a worker has a workflow task: what comes
//      while it has is kept back until it answers.

import { eventTypeName } from '@perdure/testing/golden';
import { type HistoryEvent, historyEventCodec } from '@perdure/wire';
import { eventsOf, type Rule } from '../shown.ts';

/** With these last, an attempt of a workflow task may be under way; later attempts have no events of their own. */
const underWay = /^WorkflowTask(Started|Failed|TimedOut)$/;

export const reads: Rule = (ledger, shown) => {
  const byId = Map.groupBy(ledger.signals, ({ workflowId }) => workflowId);
  return ledger.histories.flatMap(({ workflowId, runId, beganUs, endedUs: seenUs, events }) => {
    const read = events.map((event) => historyEventCodec.decode(event));
    if (underWay.test(eventTypeName(read.at(-1)?.eventType ?? 0))) return [];
    const inRun = signalNames(eventsOf(shown, runId));
    const seen = signalNames(read);
    return (byId.get(workflowId) ?? [])
      .filter(({ taken, endedUs, name }) => taken && endedUs < beganUs && inRun.has(name))
      .filter(({ name }) => !seen.has(name))
      .map(({ name }) => {
        const text = `J10: ${workflowId}: ${name} was acknowledged, and a later history has it not`;
        return { text, seenUs };
      });
  });
};

function signalNames(events: readonly HistoryEvent[]): Set<string> {
  return new Set(
    events.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []),
  );
}
