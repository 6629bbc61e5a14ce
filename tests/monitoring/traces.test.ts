// Traces of a running server, as a collector gets them; and a server that is not asked for any.

import {
  completeWorkflow,
  jsonPayloads,
  namespace,
  RawClient,
  ScriptedRun,
} from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Collector } from './collector.ts';
import { monitoringUrl, scrape } from './scrape.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const marker = 'secret-of-a-user';
const rpc = (method: string): string => `temporal.api.workflowservice.v1.WorkflowService/${method}`;

let collector: Collector;
let server: PerdureServer | undefined;
let client: RawClient | undefined;
beforeEach(async () => {
  collector = await Collector.open();
});
afterEach(async () => {
  client?.close();
  await server?.kill();
  collector.close();
});

async function start(environment: Readonly<Record<string, string>>): Promise<RawClient> {
  server = await PerdureServer.start({ environment });
  client = new RawClient(server.address);
  return client;
}

const exporting = (): Readonly<Record<string, string>> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '50',
});

test.each(['http2', 'grpc-js'])(
  'over %s a call continues the trace of its client; appends and waits for hand-out have spans',
  async (transport) => {
    const raw = await start({ ...exporting(), PERDURE_TRANSPORT: transport });
    const run = new ScriptedRun(raw);
    const headers = { traceparent: `00-${traceId}-${spanId}-01` };
    await raw.call(
      'StartWorkflowExecution',
      {
        namespace,
        workflowId: run.workflowId,
        workflowType: { name: 'traced' },
        taskQueue: { name: run.taskQueue },
        requestId: 'traced',
        input: jsonPayloads(marker),
      },
      { headers },
    );
    await new Promise((resolve) => setTimeout(resolve, 120));
    await run.completeWorkflowTask(await run.nextWorkflowTask(), [completeWorkflow(marker)]);
    await expect(raw.call('DescribeNamespace', { namespace: 'no-such' })).rejects.toThrow(
      'no-such',
    );
    await server?.terminate();

    const named = (name: string) => collector.spans.filter((span) => span.name === name);
    const [started] = named(rpc('StartWorkflowExecution'));
    expect(started).toMatchObject({ traceId, parentSpanId: spanId, kind: 2, statusCode: 0 });
    expect(started?.attributes).toMatchObject({
      'rpc.system': 'grpc',
      'rpc.method': 'StartWorkflowExecution',
      'temporal.namespace': namespace,
    });
    const [poll] = named(rpc('PollWorkflowTaskQueue'));
    const [wait] = named('task wait');
    expect(wait).toMatchObject({ traceId: poll?.traceId, parentSpanId: poll?.spanId });
    expect(wait?.durationMs).toBeGreaterThan(100);
    expect(wait?.attributes).toMatchObject({
      'temporal.task_queue': run.taskQueue,
      'temporal.task_type': 'workflow',
      'temporal.workflow_id': run.workflowId,
    });
    const appends = named('log append');
    // The start, the start of the task, and its completion.
    expect(appends.length).toBeGreaterThanOrEqual(3);
    for (const { parentSpanId, attributes } of appends) {
      expect(parentSpanId).toBe('');
      expect(Number(attributes['perdure.log.bytes'])).toBeGreaterThan(0);
    }
    const [refused] = named(rpc('DescribeNamespace'));
    expect(refused).toMatchObject({ statusCode: 0, parentSpanId: '' });
    expect(Number(refused?.attributes['rpc.grpc.status_code'])).toBe(5);

    expect([...collector.paths]).toEqual(['/v1/traces']);
    expect([...collector.services]).toEqual(['perdure']);
    expect(JSON.stringify(collector.spans)).not.toContain(marker);
  },
);

test('a server whose traces go nowhere serves, and ends in time', async () => {
  const environment = { ...exporting(), OTEL_SERVICE_NAME: 'mine' };
  collector.close();
  const raw = await start(environment);
  await ScriptedRun.start(raw);
  const beganMs = performance.now();
  await server?.terminate();
  expect(performance.now() - beganMs).toBeLessThan(8_000);
});

/** Prints each module that is loaded from those packages, in the process of the server. */
const watchLoading = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  const name = /node_modules[/](@opentelemetry[/][^/]+|pino|prom-client)[/]/.exec(url)?.[1];
  if (name) process.stderr.write('loaded ' + name + '\\n');
  return next(url, context);
} });`;
const preload = `--import=data:text/javascript,${encodeURIComponent(watchLoading)}`;

const loaded = (): ReadonlySet<string> =>
  new Set(Array.from(server?.logs.matchAll(/^loaded (.*)$/gm) ?? [], ([, name = '']) => name));

test('a server that is asked for no traces, logs nothing and is not scraped loads nothing for it', async () => {
  const raw = await start({ NODE_OPTIONS: preload, OTEL_SERVICE_NAME: 'mine' });
  await ScriptedRun.start(raw);
  await server?.terminate();
  expect([...loaded()]).toEqual([]);
  expect(collector.paths.size).toBe(0);
});

test('one that is asked for all of it loads it', async () => {
  const raw = await start({ NODE_OPTIONS: preload, ...exporting() });
  await ScriptedRun.start(raw);
  const found = server as PerdureServer;
  await scrape(await monitoringUrl(found));
  await found.terminate();
  for (const name of ['@opentelemetry/sdk-node', 'prom-client']) expect(loaded()).toContain(name);
});
