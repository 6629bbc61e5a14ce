// J30. A run whose deletion was acknowledged is gone for good: no history, no description, no place in a list.

import type { Ledger, RequestSeen } from '../ledger.ts';
import { eventsOf, type Rule, type Shown } from '../shown.ts';

export const deletions: Rule = (ledger, shown) =>
  ledger.requests
    // "Not found" is an answer too: nobody else takes the run away.
    .filter(({ kind, outcome }) => kind === 'delete' && outcome !== 'unknown')
    .flatMap((deletion) =>
      faultsOf(deletion, ledger, shown).map(
        (how) => `J30: ${deletion.workflowId}: run ${deletion.runId} was deleted and ${how}`,
      ),
    );

function faultsOf({ runId, endedUs }: RequestSeen, ledger: Ledger, shown: Shown): string[] {
  const later = (seen: { readonly runId: string; readonly beganUs: number }): boolean =>
    seen.runId === runId && seen.beganUs > endedUs;
  return [
    ...(eventsOf(shown, runId).length > 0 ? ['is there'] : []),
    ...(shown.listed.some((row) => row.runId === runId) ? ['is listed'] : []),
    ...(shown.descriptions.some((seen) => seen.runId === runId) ? ['is described'] : []),
    ...ledger.histories
      .filter((seen) => later(seen) && seen.events.length > 0)
      .map(() => 'was read after that'),
    ...ledger.descriptions.filter(later).map(() => 'was described after that'),
    ...ledger.requests
      .filter((seen) => later(seen) && seen.kind === 'signal' && seen.outcome === 'taken')
      .map(({ mark }) => `took the signal ${mark} after that`),
  ];
}
