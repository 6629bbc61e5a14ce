// J12. The list holds each run that is there, once and with its status, and none that is not.

import type { Rule } from '../shown.ts';
import { statusOf } from './descriptions.ts';

export const listing: Rule = (_ledger, shown) => {
  const listed = Map.groupBy(shown.listed, ({ runId }) => runId);
  const faults = shown.runs.flatMap(({ workflowId, runId, events }) => {
    const rows = listed.get(runId) ?? [];
    listed.delete(runId);
    if (rows.length !== 1) return [`J12: ${workflowId} ${runId} is listed ${rows.length} times`];
    const expected = statusOf(events);
    return rows[0]?.status === expected
      ? []
      : [
          `J12: ${workflowId} ${runId} is listed with status ${rows[0]?.status}, it has ${expected}`,
        ];
  });
  const strange = [...listed.values()]
    .flat()
    .map(({ workflowId, runId }) => `J12: ${workflowId} ${runId} is listed, and is not there`);
  return [...faults, ...strange];
};
