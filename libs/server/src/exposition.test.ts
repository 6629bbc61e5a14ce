import { Metrics } from '@perdure/ports';
import { expect, test } from 'vitest';
import { createExposition } from './exposition.ts';

async function linesOf(metrics: Metrics, name: string): Promise<readonly string[]> {
  const { text, contentType } = await createExposition(metrics)();
  expect(contentType).toContain('text/plain; version=0.0.4');
  return text.split('\n').filter((line) => line.includes(name));
}

test('a counter is shown with its labels, those of one value among them', async () => {
  const metrics = new Metrics();
  metrics.counter('service_requests').of('GetSystemInfo', '_unknown_').value += 7;
  expect(await linesOf(metrics, 'service_requests')).toEqual([
    '# HELP service_requests Calls answered.',
    '# TYPE service_requests counter',
    'service_requests{service_name="frontend",operation="GetSystemInfo",namespace="_unknown_"} 7',
  ]);
});

test('a histogram is shown in seconds, its buckets cumulated', async () => {
  const metrics = new Metrics();
  const latency = metrics.histogram('perdure_log_append_latency').of();
  for (const us of [100, 1_500, 1_500, 2_000_000_000]) latency.observe(us);
  const lines = await linesOf(metrics, 'perdure_log_append_latency');
  const value = (start: string): string | undefined =>
    lines.find((line) => line.startsWith(`perdure_log_append_latency${start}`))?.split(' ')[1];
  const bucket = (le: string): string | undefined =>
    value(`_bucket{service_name="history",le="${le}"}`);
  expect([bucket('0.0001'), bucket('0.001'), bucket('0.002'), bucket('1000')]).toEqual([
    '1',
    '1',
    '3',
    '3',
  ]);
  expect([bucket('+Inf'), value('_count'), value('_sum')]).toEqual(['4', '4', '2000.0031']);
});

test('what is pulled is read at each scrape, from all who show it', async () => {
  const metrics = new Metrics();
  let runs = 1;
  metrics.pull('perdure_loaded_runs', () => runs);
  metrics.pull('perdure_log_syncs', () => Promise.resolve(5));
  metrics.pull('pending_polls', () => [{ labels: ['default', 'q "1"', 'Workflow'], value: 2 }]);
  const scrape = createExposition(metrics);
  expect((await scrape()).text).toContain('perdure_loaded_runs{service_name="history"} 1\n');
  runs = 2;
  const { text } = await scrape();
  expect(text).toContain('perdure_loaded_runs{service_name="history"} 2\n');
  expect(text).toContain('perdure_log_syncs{service_name="history"} 5\n');
  expect(text).toContain('taskqueue="q \\"1\\"",task_type="Workflow"} 2\n');
});

test('a metric that appears after a scrape is in the next one', async () => {
  const metrics = new Metrics();
  const scrape = createExposition(metrics);
  expect((await scrape()).text).not.toContain('service_requests');
  metrics.counter('service_requests').of('GetSystemInfo', 'default').value += 1;
  expect((await scrape()).text).toContain('service_requests{');
});

test('the process shows its CPU, its memory and the lag of its event loop', async () => {
  const { text } = await createExposition(new Metrics())();
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_heap_size_used_bytes',
  ]) {
    expect(text).toMatch(new RegExp(`^${name} `, 'm'));
  }
});
