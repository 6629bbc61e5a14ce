// J31. An acknowledged request to cancel a run stands in its history unless another one does or the run had ended; a run is
//      asked once.

import { eventTypeName } from '@perdure/testing/golden';
import { type HistoryEvent, historyEventCodec } from '@perdure/wire';
import { chronicleOf } from '../chronicle.ts';
import type { Ledger, RequestSeen } from '../ledger.ts';
import type { Rule, RunShown, Shown } from '../shown.ts';

export const cancels: Rule = (ledger, shown) => [
  ...shown.runs
    .filter(({ events }) => events.filter(isCancel).length > 1)
    .map(({ workflowId, runId }) => `J31: ${workflowId}: run ${runId} was asked to cancel twice`),
  ...ledger.requests
    .filter(({ kind, outcome }) => kind === 'cancel' && outcome === 'taken')
    .flatMap((request) => lossOf(request, ledger, shown)),
];

const isCancel = (event: HistoryEvent): boolean =>
  event.workflowExecutionCancelRequestedEventAttributes !== null;

function lossOf(request: RequestSeen, ledger: Ledger, shown: Shown): string[] {
  const { workflowId, mark, endedUs } = request;
  const { places, runs } = chronicleOf(shown, workflowId);
  const meant = runs.length === 1 ? runs[0] : runs.find(({ runId }) => runId === request.runId);
  if (places.has(mark) || meant === undefined) return [];
  const how = openWithout(meant, endedUs, ledger, shown);
  return how === null
    ? []
    : [`J31: ${workflowId}: ${mark} to cancel was taken, and after that run ${meant.runId} ${how}`];
}

/** With these last, an attempt of a workflow task may be under way, and keeps back what comes. */
const underWay = /^WorkflowTask(Started|Failed|TimedOut)$/;

/** How it shows that the run was open later and had not been asked. */
function openWithout(
  { workflowId, runId, events }: RunShown,
  afterUs: number,
  ledger: Ledger,
  shown: Shown,
): string | null {
  const asked = events.findIndex(isCancel);
  const { places } = chronicleOf(shown, workflowId);
  for (const { mark, beganUs, outcome, kind, ...about } of ledger.requests) {
    if (
      about.workflowId !== workflowId ||
      outcome !== 'taken' ||
      beganUs <= afterUs ||
      kind !== 'signal'
    )
      continue;
    const place = places.get(mark)?.find((each) => each.runId === runId);
    if (place !== undefined && (asked < 0 || place.event < asked)) return `took ${mark} unasked`;
  }
  for (const read of ledger.histories) {
    if (read.runId !== runId || read.beganUs <= afterUs || read.events.length === 0) continue;
    const seen = read.events.map((event) => historyEventCodec.decode(event));
    const last = eventTypeName(seen.at(-1)?.eventType ?? 0);
    const isClosed = seen.length === events.length;
    if (!isClosed && !underWay.test(last) && !seen.some(isCancel)) return 'was read unasked';
  }
  return null;
}
