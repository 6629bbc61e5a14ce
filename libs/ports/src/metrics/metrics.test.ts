import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import type { MetricDefinition } from './definition.ts';
import { bucketBounds, Histogram } from './instruments.ts';
import { Metrics } from './metrics.ts';

const definitions: Readonly<Record<string, MetricDefinition>> = catalogue;

test('the same label values are one counter, others another', () => {
  const requests = new Metrics().counter('service_requests');
  requests.of('StartWorkflowExecution', 'default').value += 1;
  requests.of('StartWorkflowExecution', 'default').value += 2;
  requests.of('StartWorkflowExecution', 'other').value += 5;
  const values = Array.from(requests.children.values(), ({ labels, child }) => [
    ...labels,
    child.value,
  ]);
  expect(values).toEqual([
    ['StartWorkflowExecution', 'default', 3],
    ['StartWorkflowExecution', 'other', 5],
  ]);
});

test('a family has a bound on freely chosen values, and none on the others', () => {
  const family = new Metrics(3).counter('workflow_success');
  for (const queue of ['a', 'b', 'c', 'd', 'e']) family.of('default', 'order', queue).value += 1;
  family.of('default', 'order', 'a').value += 1;
  family.of('billing', 'pay', 'f').value += 1;
  const values = Array.from(family.children.values(), ({ labels, child }) => [
    labels.join(' '),
    child.value,
  ]);
  expect(values).toEqual([
    ['default order a', 2],
    ['default order b', 1],
    ['default order c', 1],
    ['default _other_ _other_', 2],
    ['billing _other_ _other_', 1],
  ]);
});

test('a metric whose labels are all known grows with them', () => {
  const family = new Metrics(1).counter('service_requests');
  for (const namespace of ['a', 'b', 'c']) family.of('GetSystemInfo', namespace).value += 1;
  expect(family.children.size).toBe(3);
});

test.each([
  [0, 0],
  [100, 0],
  [101, 1],
  [1_000_000_000, 21],
  [1_000_000_001, 22],
])('a duration of %i µs falls into bucket %i', (us, bucket) => {
  const histogram = new Histogram('seconds');
  histogram.observe(us);
  expect(histogram.counts.indexOf(1)).toBe(bucket);
  expect(histogram.sum).toBe(us);
});

test('the buckets of durations are the official ones and three below a millisecond', () => {
  const seconds = bucketBounds.seconds.map((us) => us / 1e6);
  expect(seconds.slice(0, 3)).toEqual([0.0001, 0.0002, 0.0005]);
  expect(seconds.slice(3)).toEqual([
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000,
  ]);
});

test('buckets ascend', () => {
  for (const bounds of Object.values(bucketBounds)) {
    expect(bounds.toSorted((a, b) => a - b)).toEqual(bounds);
    expect(new Set(bounds).size).toBe(bounds.length);
  }
});

test.each(Object.entries(definitions))('%s is declared as Prometheus wants it', (name, metric) => {
  expect(name).toMatch(/^[a-z][a-z0-9_]*[a-z0-9]$/);
  expect(metric.help).toMatch(/^[A-Z].*\.$/);
  const labels = [...(metric.labels ?? []), ...Object.keys(metric.constant ?? {})];
  expect(new Set(labels).size).toBe(labels.length);
  for (const label of metric.open ?? []) expect(metric.labels).toContain(label);
  expect(metric.unit === undefined).toBe(metric.kind !== 'histogram');
});

test('an observation costs less than a microsecond', () => {
  const family = new Metrics().histogram('service_latency');
  const child = family.of('PollWorkflowTaskQueue', 'default');
  const rounds = 200_000;
  const beganMs = performance.now();
  for (let i = 0; i < rounds; i++) child.observe(i % 5_000);
  const nsEach = ((performance.now() - beganMs) * 1e6) / rounds;
  expect(child.counts.reduce((a, b) => a + b)).toBe(rounds);
  expect(nsEach).toBeLessThan(1_000);
});
