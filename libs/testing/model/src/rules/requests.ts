// J33. What somebody asked for stands in a history once at most; what was acknowledged stands there, what was refused for good
//      does not; and nothing stands there that nobody asked for.
// J34. Of requests about one workflow id, one that ended before another began stands before it.

import { chronicleOf, chronicles, isBefore, type Place } from '../chronicle.ts';
import type { Ledger, RequestSeen } from '../ledger.ts';
import type { Rule, Shown } from '../shown.ts';

export const requests: Rule = (ledger, shown) => {
  const byId = Map.groupBy(ledger.requests, ({ workflowId }) => workflowId);
  return [
    ...[...byId].flatMap(([workflowId, asked]) => [
      ...standingFaults(shown, workflowId, asked),
      ...orderFaults(shown, workflowId, asked),
    ]),
    ...strangers(ledger, shown),
  ];
};

function standingFaults(shown: Shown, workflowId: string, asked: readonly RequestSeen[]): string[] {
  const { places } = chronicleOf(shown, workflowId);
  // What stood in a run that is deleted is gone with it.
  const deleted = asked.some(({ kind }) => kind === 'delete');
  return [...Map.groupBy(asked, ({ mark }) => mark)].flatMap(([mark, same]) => {
    const found = places.get(mark) ?? [];
    const fault = standingFault(found, same, deleted);
    return fault === null ? [] : [`J33: ${workflowId}: ${same[0]?.kind} ${mark} ${fault}`];
  });
}

/** `same`: askings for the same thing, with the same request id. */
function standingFault(
  found: readonly Place[],
  same: readonly RequestSeen[],
  deleted: boolean,
): string | null {
  const [{ kind }] = same as [RequestSeen];
  // Who asks again whether it is terminated may meet the next run of the workflow id.
  if (found.length > 1 && kind !== 'terminate') return `stands ${found.length} times`;
  const taken = same.find(({ outcome }) => outcome === 'taken');
  if (taken !== undefined) {
    return found.length === 0 && stays(kind) && !deleted ? 'was taken and is not there' : null;
  }
  if (found.length === 0) return null;
  // Where there was one copy of it, a refusal is the end of it.
  const refused = same.every(({ outcome, single }) => single && outcome !== 'unknown');
  return refused ? 'was refused and is there' : null;
}

/** A cancel of a run that had ended, or was asked before, is taken and changes nothing; a deletion stands nowhere. */
function stays(kind: RequestSeen['kind']): boolean {
  return kind === 'start' || kind === 'signal' || kind === 'terminate';
}

function orderFaults(shown: Shown, workflowId: string, asked: readonly RequestSeen[]): string[] {
  const { places } = chronicleOf(shown, workflowId);
  const placed = asked.flatMap((request) => {
    const found = places.get(request.mark) ?? [];
    return request.outcome === 'taken' && found.length === 1
      ? [{ request, place: found[0] as Place }]
      : [];
  });
  return placed.flatMap((earlier) =>
    placed
      .filter((later) => earlier.request.endedUs < later.request.beganUs)
      .filter((later) => isBefore(later.place, earlier.place))
      .map(
        (later) =>
          `J34: ${workflowId}: ${later.request.mark} stands before ${earlier.request.mark}, which had ended`,
      ),
  );
}

/** What the server does by itself it does in its own name. */
const ownIdentities = new Set(['history-service']);

function strangers(ledger: Ledger, shown: Shown): string[] {
  const known = new Set(ledger.requests.map(({ mark }) => mark));
  return [...chronicles(shown)].flatMap(([workflowId, { places }]) =>
    [...places.keys()]
      .filter((mark) => !known.has(mark) && !ownIdentities.has(mark))
      .map((mark) => `J33: ${workflowId}: nobody asked for ${mark}, and it is there`),
  );
}
