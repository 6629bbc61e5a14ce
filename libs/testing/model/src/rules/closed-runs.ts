// J27. That a run has ended is never taken back: once somebody was told so, nobody who asks after that is told, or shows by
//      what comes into its history, that it is open.

import { closesRun } from '@perdure/testing/golden';
import { type HistoryEvent, historyEventCodec, WorkflowExecutionStatus } from '@perdure/wire';
import { chronicleOf } from '../chronicle.ts';
import type { Ledger, RequestSeen } from '../ledger.ts';
import type { Rule, Shown } from '../shown.ts';

/** Somebody's knowledge of a run. */
interface Telling {
  readonly runId: string;
  /** Known since then, at the latest. */
  readonly endedUs: number;
  /** It was not asked for before. */
  readonly beganUs: number;
  readonly open: boolean;
  readonly how: string;
}

export const closedRuns: Rule = (ledger, shown) => {
  const byRun = Map.groupBy(tellings(ledger, shown), ({ runId }) => runId);
  return [...byRun].flatMap(([runId, told]) => {
    const sinceUs = closedSinceUs(told);
    return told
      .filter(({ open, beganUs }) => open && beganUs > sinceUs)
      .map(({ how, endedUs: seenUs }) => ({
        text: `J27: run ${runId} had ended, and after that ${how}`,
        seenUs,
      }));
  });
};

/** When it was known at the latest that the run had ended. */
function closedSinceUs(told: readonly Telling[]): number {
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...told.filter(({ open }) => !open).map(({ endedUs }) => endedUs),
  );
}

/** Of each run that anybody was told has ended: since when. */
export function knownEnds(ledger: Ledger, shown: Shown): ReadonlyMap<string, number> {
  const byRun = Map.groupBy(tellings(ledger, shown), ({ runId }) => runId);
  return new Map([...byRun].map(([runId, told]) => [runId, closedSinceUs(told)]));
}

function tellings(ledger: Ledger, shown: Shown): Telling[] {
  return [
    ...ledger.histories
      .filter(({ events }) => events.length > 0)
      .map(({ runId, beganUs, endedUs, events }) => {
        const last = historyEventCodec.decode(events.at(-1) as Uint8Array);
        return { runId, beganUs, endedUs, open: !closesRun(last), how: 'was read as open' };
      }),
    ...ledger.descriptions.map(({ runId, beganUs, seenUs: endedUs, status }) => ({
      runId,
      beganUs,
      endedUs,
      how: 'was described as open',
      open: status === WorkflowExecutionStatus.Running,
    })),
    ...firstAsked(ledger.requests).flatMap((request) => tellingsOf(request, ledger, shown)),
  ];
}

/** Each request as if it had begun with the first of those that have its mark: what that one did is what it is told. */
function firstAsked(requests: readonly RequestSeen[]): RequestSeen[] {
  const began = new Map<string, number>();
  for (const { mark, beganUs } of requests) {
    began.set(mark, Math.min(beganUs, began.get(mark) ?? beganUs));
  }
  return requests.map((request) =>
    request.outcome === 'taken'
      ? { ...request, beganUs: began.get(request.mark) ?? request.beganUs }
      : request,
  );
}

function tellingsOf(request: RequestSeen, ledger: Ledger, shown: Shown): Telling[] {
  const { workflowId, beganUs, endedUs, kind, mark, outcome, runId, refusal, toldRunId } = request;
  const about = (id: string, open: boolean, how: string): Telling => ({
    runId: id,
    open,
    beganUs,
    endedUs,
    how: `${kind} ${mark} ${how}`,
  });
  if (outcome === 'existing') return [about(toldRunId, true, 'found it running')];
  if (outcome === 'refused') {
    const named = / RunId: ([\w-]+)/.exec(refusal)?.[1];
    if (kind === 'start' && named !== undefined) {
      return [about(named, refusal.includes('already running'), 'was refused for it')];
    }
    if (kind !== 'signal' && kind !== 'terminate') return [];
    if (runId !== '') return [about(runId, false, 'was refused')];
    return chainsBefore(workflowId, beganUs, ledger, shown).map((id) =>
      about(id, false, 'was refused'),
    );
  }
  if (outcome !== 'taken' || kind === 'start') return [];
  const { places, runs } = chronicleOf(shown, workflowId);
  const [place, other] = places.get(mark) ?? [];
  return place === undefined || other !== undefined || runs[place.run] === undefined
    ? []
    : [about(place.runId, kind !== 'terminate', 'came into its history')];
}

/** Runs of the workflow id whose chains were acknowledged by then: a "not found" is about the end of each of them. */
function chainsBefore(workflowId: string, untilUs: number, ledger: Ledger, shown: Shown): string[] {
  const begun = new Set(
    ledger.starts
      .filter((start) => start.workflowId === workflowId && start.endedUs < untilUs)
      .map(({ runId }) => runId),
  );
  return chronicleOf(shown, workflowId)
    .runs.filter(({ events }) => begun.has(firstRunOf(events)))
    .map(({ runId }) => runId);
}

function firstRunOf([first]: readonly HistoryEvent[]): string {
  return first?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? '';
}
