// J32. When the retention of its namespace is over, a closed run is gone: from lists, descriptions, histories, and from the
//      store. What is still open stays as it was.

import { historyEventCodec } from '@perdure/wire';
import { eventsOf, type Shown } from './shown.ts';

/** What the store holds of runs. */
export interface KeptRows {
  /** Run ids of the states. */
  readonly states: readonly string[];
  /** Run ids of histories that are there. */
  readonly histories: readonly string[];
}

/** `open`: runs that had not ended. `before` and `after`: what was shown on both sides of that time. */
export function judgeRetention(
  open: ReadonlySet<string>,
  before: Shown,
  after: Shown,
  rows: KeptRows,
): string[] {
  const left = (what: string, ids: readonly string[]): string[] =>
    [...new Set(ids)]
      .filter((runId) => !open.has(runId))
      .map((runId) => `J32: the retention of run ${runId} is over, and it is still ${what}`);
  const idsOf = (seen: readonly { readonly runId: string }[]): string[] =>
    seen.map(({ runId }) => runId);
  return [
    ...left('listed', idsOf(after.listed)),
    ...left('shown', idsOf(after.runs)),
    ...left('described', idsOf(after.descriptions)),
    ...left('in the store', rows.states),
    ...left('in the store with its history', rows.histories),
    ...[...open].flatMap((runId) => {
      const [then, now] = [before, after].map((shown) =>
        eventsOf(shown, runId).map((event) => historyEventCodec.encode(event)),
      );
      const same = Buffer.concat(then ?? []).equals(Buffer.concat(now ?? []));
      const isListed = after.listed.some((row) => row.runId === runId);
      return [
        ...(same ? [] : [`J32: run ${runId} is open and has not the history it had`]),
        ...(isListed ? [] : [`J32: run ${runId} is open and not listed`]),
      ];
    }),
  ];
}
