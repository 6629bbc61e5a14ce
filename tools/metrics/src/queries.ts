// The metrics and labels that a PromQL expression speaks of, as far as boards and alerts need it.

import { catalogueAreas, type MetricDefinition } from '@perdure/ports';

const metrics: ReadonlyMap<string, MetricDefinition> = new Map(
  Object.values(catalogueAreas).flatMap((area) => Object.entries<MetricDefinition>(area)),
);

/** Of prom-client, as far as boards use them. */
const processMetrics = [
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_gc_duration_seconds_sum',
];

const suffixes = ['_bucket', '_sum', '_count'];

/** What is wrong with the expression; empty: it speaks only of what there is. */
export function queryFaults(expression: string): readonly string[] {
  const selectors = [...expression.matchAll(/([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g)];
  if (selectors.length === 0) return [`no selector with braces in: ${expression}`];
  const faults: string[] = [];
  const known = new Set(['le', 'job', 'instance']);
  for (const [, name = '', matchers = ''] of selectors) {
    const labels = labelsOf(name);
    if (labels === undefined) {
      faults.push(`there is no metric ${name}`);
      continue;
    }
    for (const label of labels) known.add(label);
    for (const [, label = ''] of matchers.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)) {
      if (!labels.includes(label) && !known.has(label))
        faults.push(`${name} has no label ${label}`);
    }
  }
  for (const [, list = ''] of expression.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g)) {
    for (const label of list.split(',').map((text) => text.trim())) {
      if (!known.has(label)) faults.push(`no metric of the expression has a label ${label}`);
    }
  }
  return faults;
}

/** undefined: there is no such metric. */
function labelsOf(name: string): readonly string[] | undefined {
  if (processMetrics.includes(name)) return [];
  const suffix = suffixes.find((end) => name.endsWith(end)) ?? '';
  const whole = metrics.get(name);
  const found = whole ?? metrics.get(name.slice(0, name.length - suffix.length));
  if (found === undefined) return undefined;
  const isPart = whole === undefined;
  if (isPart !== (found.kind === 'histogram')) return undefined;
  return [...(found.labels ?? []), ...Object.keys(found.constant ?? {})];
}
