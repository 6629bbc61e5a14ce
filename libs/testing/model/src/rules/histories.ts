// J4. A history is gapless, has one closing event at its end, and only grows: what was read stays a prefix.
// J9. When faults stop, every run ends.

import { closesRun, historyFaults } from '@perdure/testing/golden';
import { historyEventCodec } from '@perdure/wire';
import { eventsOf, type Rule } from '../shown.ts';

export const histories: Rule = (ledger, shown) => [
  ...shown.runs.flatMap(({ workflowId, events }) => [
    ...historyFaults(events).map((fault) => `J4: ${workflowId}: ${fault}`),
    ...(closesRun(events.at(-1)) ? [] : [`J9: ${workflowId}: the run did not end`]),
  ]),
  ...ledger.histories.flatMap(({ runId, events, endedUs: seenUs }) => {
    const now = eventsOf(shown, runId);
    const at = events.findIndex((event, index) => {
      const other = now[index];
      return other === undefined || Buffer.compare(event, historyEventCodec.encode(other)) !== 0;
    });
    const text = `J4: event ${at + 1} of run ${runId} was shown and is another now`;
    return at < 0 ? [] : [{ text, seenUs }];
  }),
];
