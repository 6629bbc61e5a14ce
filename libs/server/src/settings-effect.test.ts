// Settings through all four services: what each one changes for a client.

import { connect } from 'node:net';
import { LayeredConfig, layerOf } from '@perdure/core-dynamic-config';
import { type RejectionError, usPerMs, usPerSecond } from '@perdure/kernel';
import { expect, test } from 'vitest';
import { emptyStorage, namespace, open, rpc, startRun } from '../fixtures/in-process.ts';
import { createGrpcTransport } from './grpc-transport.ts';
import { RealClock } from './real-clock.ts';

const execution = { workflowId: 'w' };

test('history.longPollExpirationInterval ends a wait for something new', async () => {
  const values = { 'history.longPollExpirationInterval': 30 * usPerMs };
  const services = await open(emptyStorage(), values);
  await startRun(services, 'w');
  const began = performance.now();
  const { history, nextPageToken } = await rpc(services, 'GetWorkflowExecutionHistory', {
    namespace,
    execution,
    waitNewEvent: true,
    historyEventFilterType: 2,
  });
  expect(history).toHaveLength(0);
  expect(nextPageToken.length).toBeGreaterThan(0);
  expect(performance.now() - began).toBeLessThan(5_000);
  services.history.stop();
});

test('history.MaxBufferedQueryCount: one more query of a run is refused, BUSY_WORKFLOW', async () => {
  const services = await open(emptyStorage(), { 'history.MaxBufferedQueryCount': 1 });
  await startRun(services, 'w');
  const ask = () =>
    rpc(services, 'QueryWorkflow', { namespace, execution, query: { queryType: 'state' } });
  const first = ask().catch(() => 'ended');
  await new Promise((resolve) => setImmediate(resolve));
  const refused = await ask().catch((error: unknown) => error);
  expect((refused as RejectionError).rejection).toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
    message: 'consistent query buffer is full, cannot accept new consistent queries',
    detail: { cause: 'BUSY_WORKFLOW' },
  });
  void first;
  services.history.stop();
});

test('history.workflowIdReuseMinimalInterval: an id that was just started is not started again, BUSY_WORKFLOW', async () => {
  const values = { 'history.workflowIdReuseMinimalInterval': 60 * usPerSecond };
  const services = await open(emptyStorage(), values);
  await startRun(services, 'w');
  const refused = await rpc(services, 'StartWorkflowExecution', {
    namespace,
    workflowId: 'w',
    workflowType: { name: 'order' },
    taskQueue: { name: 'orders' },
    workflowIdConflictPolicy: 3,
  }).catch((error: unknown) => error);
  expect((refused as RejectionError).rejection).toMatchObject({
    code: 'RESOURCE_EXHAUSTED',
    message: expect.stringContaining('Too many restarts for workflow w.') as string,
    detail: { cause: 'BUSY_WORKFLOW' },
  });
  services.history.stop();
});

/** The beginning of every HTTP/2 connection, with empty settings. */
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

test('frontend.keepAliveTime and frontend.keepAliveTimeout close a connection that answers nothing', async () => {
  const values = {
    'frontend.keepAliveTime': 100 * usPerMs,
    'frontend.keepAliveTimeout': 100 * usPerMs,
  };
  const transport = await createGrpcTransport(
    [],
    new LayeredConfig(layerOf(values)),
    new RealClock(),
  );
  const port = await transport.start('127.0.0.1:0');
  const began = performance.now();
  const socket = connect(port, '127.0.0.1', () => socket.write(preface));
  await new Promise((resolve) => socket.on('data', () => undefined).once('close', resolve));
  expect(performance.now() - began).toBeLessThan(5_000);
  await transport.stop(0);
});
