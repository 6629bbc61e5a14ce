// A whole server in this process: what it says of itself over its life.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { GrpcClient } from '../fixtures/scripted-server.ts';
import { type EmbeddedOptions, startEmbeddedServer } from './embedded.main.ts';

const options: EmbeddedOptions = {
  ip: '127.0.0.1',
  port: 0,
  namespaces: ['default'],
  dbFilename: null,
  logLevel: 'never',
  logFormat: 'text',
  sqlitePragmas: {},
  metricsPort: 0,
  dynamicConfig: { file: null, values: {} },
};
const namespace = 'default';
const taskQueue = { name: 'orders' };

/** What /ready answers. */
async function readiness(address: string | null): Promise<string> {
  const asked = fetch(`http://${address}/ready`);
  return asked.then((response) => response.text(), String);
}

/** A run whose worker has nothing to do, and is not asked for more. */
async function idleRun(client: GrpcClient): Promise<string> {
  const { runId } = await client.call('StartWorkflowExecution', {
    namespace,
    workflowId: 'one',
    workflowType: { name: 'order' },
    taskQueue,
    requestId: 'one',
  });
  const { taskToken } = await client.call('PollWorkflowTaskQueue', { namespace, taskQueue });
  await client.call('RespondWorkflowTaskCompleted', { namespace, taskToken });
  return runId;
}

test('/ready: serving, draining while a call is under way, then nobody is there', async () => {
  const server = await startEmbeddedServer(options);
  const client = new GrpcClient(server.address);
  expect(await readiness(server.metricsAddress)).toBe('{"status":"serving"}\n');
  const execution = { workflowId: 'one', runId: await idleRun(client) };
  const request = { namespace, execution, query: { queryType: 'state' } };
  const query = client.call('QueryWorkflow', request).catch(String);
  const metrics = async (): Promise<string> =>
    (await fetch(`http://${server.metricsAddress}/metrics`)).text();
  await expect.poll(metrics).toMatch(/^service_pending_requests\{.*"QueryWorkflow"\} 1$/m);
  const stopped = server.stop(1_000);
  expect(await readiness(server.metricsAddress)).toBe('{"status":"draining"}\n');
  await Promise.all([stopped, query]);
  expect(await readiness(server.metricsAddress)).toContain('fetch failed');
  client.close();
});

test('a server that cannot start leaves no port open', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const [port, metricsPort] = [taken, free].map((each) => (each.address() as AddressInfo).port);
  free.close();
  await once(free, 'close');
  const start = startEmbeddedServer({ ...options, port: port ?? 0, metricsPort: metricsPort ?? 0 });
  await expect(start).rejects.toThrow('the port is in use by another process');
  expect(await readiness(`127.0.0.1:${metricsPort}`)).toContain('fetch failed');
  taken.close();
});
