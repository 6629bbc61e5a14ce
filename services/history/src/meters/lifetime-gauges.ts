// What residency and retention show at a scrape.

import type { Metrics } from '@perdure/ports';
import type { Residency } from '../owner/residency.ts';
import type { Retention } from '../owner/retention.ts';

export function showLifetime(
  metrics: Metrics,
  residency: Pick<Residency, 'evicted'>,
  { counts }: Pick<Retention, 'counts'>,
): void {
  metrics.pull('perdure_evicted_runs', () => residency.evicted);
  metrics.pull('perdure_retention_deleted_runs', () => counts.deleted);
  metrics.pull('perdure_retention_passed_over_runs', () => counts.passedOver);
}
