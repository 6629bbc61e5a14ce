// Runs that somebody asked to delete: what else is known of them may be gone.

import { Ledger } from './ledger.ts';

const made = new WeakMap<Ledger, { readonly requests: number; readonly runIds: Set<string> }>();

/** Ids of the runs. */
export function mayBeDeleted(ledger: Ledger): ReadonlySet<string> {
  const known = made.get(ledger);
  if (known?.requests === ledger.requests.length) return known.runIds;
  const asked = ledger.requests.filter(({ kind }) => kind === 'delete');
  const runIds = new Set(asked.map(({ runId }) => runId));
  made.set(ledger, { requests: ledger.requests.length, runIds });
  return runIds;
}

/** Their workflow ids. */
export function idsWithDeletions(ledger: Ledger): ReadonlySet<string> {
  const asked = ledger.requests.filter(({ kind }) => kind === 'delete');
  return new Set(asked.map(({ workflowId }) => workflowId));
}

/** The ledger without what was seen of them; the requests stay. */
export function withoutDeleted(ledger: Ledger): Ledger {
  const gone = mayBeDeleted(ledger);
  if (gone.size === 0) return ledger;
  const kept = Object.assign(new Ledger(), ledger);
  const lists = kept as unknown as Record<string, unknown>;
  for (const [name, seen] of Object.entries(ledger) as [string, unknown][]) {
    if (name === 'requests' || !Array.isArray(seen)) continue;
    lists[name] = seen.filter((each: { runId?: string }) => !gone.has(each.runId ?? ''));
  }
  return kept;
}
