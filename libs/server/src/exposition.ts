// The metrics in the text form that Prometheus reads.
//
// prom-client is loaded by the first scrape: a server that nobody scrapes does without it, and no start waits for it.
// Our own metrics are data (ports/metrics); they are handed to its registry as they stand at the scrape.

import {
  bucketBounds,
  type Counter,
  type Family,
  type GaugeReader,
  type Histogram,
  type MetricDefinition,
  type Metrics,
  type Shown,
} from '@perdure/ports';
import type { Metric } from 'prom-client';
import type { Scrape } from './monitoring-http.ts';

/** What answers a scrape. */
export function createExposition(metrics: Metrics): () => Promise<Scrape> {
  let opened: Promise<() => Promise<Scrape>> | null = null;
  return async () => {
    opened ??= open(metrics);
    const scrape = await opened;
    return scrape();
  };
}

async function open(metrics: Metrics): Promise<() => Promise<Scrape>> {
  const { default: client } = await import('prom-client');
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  const known = new Set<string>();
  return async () => {
    for (const shown of metrics.shown()) {
      if (known.has(shown.name)) continue;
      known.add(shown.name);
      registry.registerMetric(collected(shown) as unknown as Metric);
    }
    return { contentType: registry.contentType, text: await registry.metrics() };
  };
}

type Labels = Readonly<Record<string, string | number>>;

interface Sample {
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** What the registry asks of a metric. */
interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  get(): Promise<{
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly values: readonly Sample[];
  }>;
}

function collected(shown: Shown): Collected {
  const { name } = shown;
  const definition = shown.kind === 'pulled' ? shown.definition : shown.family.definition;
  const { help, kind: type } = definition;
  return {
    name,
    help,
    type,
    get: async () => ({ name, help, type, values: await samples(shown) }),
  };
}

async function samples(shown: Shown): Promise<readonly Sample[]> {
  switch (shown.kind) {
    case 'counter':
      return counterSamples(shown.family);
    case 'histogram':
      return histogramSamples(shown.name, shown.family);
    case 'pulled':
      return (
        await Promise.all(shown.readers.map((read) => pulledSamples(read, shown.definition)))
      ).flat();
  }
}

function counterSamples({ definition, children }: Family<Counter>): readonly Sample[] {
  return Array.from(children.values(), ({ labels, child }) => ({
    labels: labelsOf(definition, labels),
    value: child.value,
  }));
}

async function pulledSamples(
  read: GaugeReader,
  definition: MetricDefinition,
): Promise<readonly Sample[]> {
  const found = await read();
  if (typeof found === 'number') return [{ labels: labelsOf(definition, []), value: found }];
  return Array.from(found, ({ labels, value }) => ({
    labels: labelsOf(definition, labels),
    value,
  }));
}

/** Durations are counted in µs and shown in seconds. */
const divisors = { seconds: 1e6, bytes: 1, count: 1 } as const;

function histogramSamples(name: string, family: Family<Histogram>): readonly Sample[] {
  const values: Sample[] = [];
  for (const { labels: given, child } of family.children.values()) {
    const labels = labelsOf(family.definition, given);
    const divisor = divisors[child.unit];
    const bounds = bucketBounds[child.unit];
    let total = 0;
    for (const [i, count] of child.counts.entries()) {
      total += count;
      const bound = bounds[i];
      const le = bound === undefined ? '+Inf' : bound / divisor;
      values.push({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: total });
    }
    values.push({ metricName: `${name}_sum`, labels, value: child.sum / divisor });
    values.push({ metricName: `${name}_count`, labels, value: total });
  }
  return values;
}

function labelsOf(definition: MetricDefinition, values: readonly string[]): Labels {
  const { labels = [], constant = {} } = definition;
  return { ...constant, ...Object.fromEntries(labels.map((name, i) => [name, values[i] ?? ''])) };
}
