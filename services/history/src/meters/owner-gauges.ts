// What the owner of a LogPartition shows at a scrape: read from where it is kept anyway.

import type { Metrics } from '@perdure/ports';
import type { Folder } from '../owner/folder.ts';
import type { Loader } from '../owner/loader.ts';
import type { Owner } from '../owner/owner.ts';
import type { VisibilityFeed } from '../owner/visibility-feed.ts';

const pressureNumbers = { none: 0, starts: 1, all: 2 } as const;

export interface ShownOwner {
  readonly owner: Owner;
  readonly loader: Pick<Loader, 'quarantined'>;
  readonly folder: Pick<Folder, 'counts'>;
  readonly feed: Pick<VisibilityFeed, 'lag'>;
}

export function showOwner(metrics: Metrics, { owner, loader, folder, feed }: ShownOwner): void {
  const { counts } = owner.pump;
  metrics.pull('perdure_log_frames', () => counts.frames);
  metrics.pull('perdure_log_transitions', () => counts.transitions);
  metrics.pull('perdure_log_bytes', () => counts.bytes);
  metrics.pull('perdure_tail_bytes', () => owner.unappliedBytes);
  metrics.pull('perdure_tail_transitions', () => owner.ledger.missing);
  metrics.pull('perdure_pressure', () => pressureNumbers[owner.pressure]);
  metrics.pull('perdure_pressure_refusals', () => [
    { labels: ['true'], value: owner.refusals.starting },
    { labels: ['false'], value: owner.refusals.other },
  ]);
  metrics.pull('perdure_folds', () => folder.counts.runs);
  metrics.pull('perdure_fold_batches', () => folder.counts.batches);
  metrics.pull('perdure_loaded_runs', () => owner.runs.size);
  metrics.pull('perdure_quarantined_runs', () => quarantinedRuns(owner, loader.quarantined));
  metrics.pull('perdure_visibility_lag_rows', () => feed.lag().rows);
  metrics.pull('perdure_visibility_lag_frames', () => feed.lag().frames);
}

/** Those that the store knows of, and those that went there since. */
function quarantinedRuns(owner: Owner, known: ReadonlyMap<string, string>): number {
  let count = known.size;
  for (const { key, quarantined } of owner.runs.values()) {
    if (quarantined !== null && !known.has(key)) count += 1;
  }
  return count;
}
