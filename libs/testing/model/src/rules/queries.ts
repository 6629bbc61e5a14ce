// J57. A query sees each signal that was acknowledged before it began, and none that was sent after it ended; one that is
//      rejected because its run has ended names how it did.

import type { Rule } from '../shown.ts';
import { statusOf } from './descriptions.ts';

export const queries: Rule = (ledger, shown) => {
  const runs = Map.groupBy(shown.runs, ({ workflowId }) => workflowId);
  const byId = Map.groupBy(ledger.signals, ({ workflowId }) => workflowId);
  const rejected = ledger.rejectedQueries.flatMap(({ workflowId, status }) => {
    const ended = (runs.get(workflowId) ?? []).map(({ events }) => statusOf(events));
    return ended.includes(status)
      ? []
      : [`J57: a query of ${workflowId} was rejected with status ${status}`];
  });
  const answered = ledger.queries.flatMap(({ workflowId, runId, answer, beganUs, endedUs }) => {
    // Which of several runs took a signal is not told to its sender.
    if (runs.get(workflowId)?.length !== 1) return [];
    const taken = (byId.get(workflowId) ?? []).filter((signal) => signal.taken);
    const least = taken.filter((signal) => signal.endedUs < beganUs).length;
    const most = taken.filter((signal) => signal.beganUs < endedUs).length;
    return answer >= least && answer <= most
      ? []
      : [`J57: ${workflowId} ${runId}: a query saw ${answer} signals, not ${least} to ${most}`];
  });
  return [...rejected, ...answered];
};
