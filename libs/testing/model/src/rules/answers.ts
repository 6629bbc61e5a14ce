// J28. A run that an answer or a refusal names is there. Who asks for the same thing with the same request id is told the same,
//      and what was taken once is never refused. A run begins after another one of its workflow id only as the policy of
//      whoever began it allows.

import { WorkflowExecutionStatus, WorkflowIdReusePolicy } from '@perdure/wire';
import { chronicleOf } from '../chronicle.ts';
import { mayBeDeleted } from '../deleted.ts';
import type { RequestSeen } from '../ledger.ts';
import { eventsOf, type Rule, type Shown } from '../shown.ts';
import { statusOf } from './descriptions.ts';
import { eventUs } from './event-time.ts';

export const answers: Rule = (ledger, shown) => {
  const gone = mayBeDeleted(ledger);
  const byRequest = Map.groupBy(
    ledger.requests,
    ({ kind, workflowId, mark }) => `${workflowId}: ${kind} ${mark}`,
  );
  return [
    ...ledger.requests.flatMap((request) => {
      const named = namedBy(request);
      return named === '' || gone.has(named) || eventsOf(shown, named).length > 0
        ? []
        : [
            `J28: ${request.workflowId}: ${request.mark} was told of run ${named}, which is not there`,
          ];
    }),
    ...[...byRequest].flatMap(([name, same]) =>
      sameFaults(same).map((fault) => `J28: ${name} ${fault}`),
    ),
    // Which of two runs came first nobody can tell when clocks were set back in between.
    ...(ledger.clocksAreSet
      ? []
      : ledger.requests.flatMap((request) => policyFaults(request, shown))),
  ];
};

function namedBy({ outcome, refusal, toldRunId }: RequestSeen): string {
  return outcome === 'refused' ? (/ RunId: ([\w-]+)/.exec(refusal)?.[1] ?? '') : toldRunId;
}

function sameFaults(same: readonly RequestSeen[]): string[] {
  const told = new Set(same.map(({ toldRunId }) => toldRunId).filter((runId) => runId !== ''));
  const firstUs = Math.min(
    ...same.filter(({ outcome }) => outcome === 'taken').map(({ endedUs }) => endedUs),
  );
  const refused = same.some(({ outcome, beganUs }) => outcome === 'refused' && beganUs > firstUs);
  const [{ kind }] = same as [RequestSeen];
  return [
    ...(told.size > 1 ? [`was told of ${told.size} runs`] : []),
    // Only starts, signals and requests to cancel have a request id.
    ...(refused && kind !== 'terminate' && kind !== 'delete' ? ['was taken, then refused'] : []),
  ];
}

const unclean: ReadonlySet<number> = new Set([
  WorkflowExecutionStatus.Failed,
  WorkflowExecutionStatus.Canceled,
  WorkflowExecutionStatus.Terminated,
  WorkflowExecutionStatus.TimedOut,
]);

function policyFaults({ kind, mark, reuse, workflowId }: RequestSeen, shown: Shown): string[] {
  const { places, runs } = chronicleOf(shown, workflowId);
  const [place] = kind === 'start' ? (places.get(mark) ?? []) : [];
  const before = place === undefined ? undefined : runs[place.run - 1];
  const began = runs[place?.run ?? 0]?.events[0];
  if (before?.events[0] === undefined || began === undefined) return [];
  // Runs that began at the same time, as after a freeze, came in an order that nobody knows.
  if (eventUs(before.events[0]) === eventUs(began)) return [];
  const status = statusOf(before.events);
  const allowed =
    reuse === WorkflowIdReusePolicy.RejectDuplicate
      ? false
      : reuse !== WorkflowIdReusePolicy.AllowDuplicateFailedOnly || unclean.has(status);
  return allowed ? [] : [`J28: ${workflowId}: ${mark} began a run after one of status ${status}`];
}
