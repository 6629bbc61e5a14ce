import { once } from 'node:events';
import { createConnection } from 'node:net';
import { compressionAlgorithms, status } from '@grpc/grpc-js';
import type { Delivery, PublicCall } from '@perdure/frontend';
import { RejectionError, reject } from '@perdure/kernel';
import type { CallContext } from '@perdure/ports';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CallError,
  GrpcClient,
  type Script,
  type ScriptedServer,
  startScriptedServer,
  workflowService,
} from '../fixtures/scripted-server.ts';
import { transportKinds } from './grpc-transport.ts';

const execution = { namespace: 'default', execution: { workflowId: 'order-1' } };
const poll = { namespace: 'default', taskQueue: { name: 'orders' } };

describe.each(transportKinds)('%s', (kind) => {
  let script: Script;
  let server: ScriptedServer;
  let client: GrpcClient;

  beforeEach(async () => {
    script = {};
    server = await startScriptedServer(script, kind);
    client = new GrpcClient(server.address);
  });

  afterEach(async () => {
    client.close();
    await server.transport.stop(0);
  });

  async function failure(call: Promise<unknown>): Promise<CallError> {
    try {
      await call;
    } catch (error) {
      if (error instanceof CallError) return error;
      throw error;
    }
    throw new Error('the call succeeded');
  }

  /** Resolves when the condition holds; the test's own time limit ends a wait in vain. */
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  }

  test('an answer of the owner reaches the client', async () => {
    script.owner = () => Promise.resolve({ runId: 'run-1', started: true });
    const response = await client.call('StartWorkflowExecution', {
      namespace: 'default',
      workflowId: 'order-1',
      workflowType: { name: 'order' },
      taskQueue: { name: 'orders' },
    });
    expect(response).toMatchObject({ runId: 'run-1', started: true });
  });

  test('a rejection carries its code, message and typed detail', async () => {
    const detail = {
      kind: 'workflowExecutionAlreadyStarted',
      startRequestId: 'request-1',
      runId: 'run-1',
      firstExecutionRunId: 'run-0',
    } as const;
    const message = 'läuft schon: 100 %\n💥';
    script.owner = () =>
      Promise.reject(new RejectionError(reject('ALREADY_EXISTS', message, detail)));
    const error = await failure(client.call('DescribeWorkflowExecution', execution));
    expect(error.code).toBe(status.ALREADY_EXISTS);
    expect(error.message).toBe(message);
    expect(error.status).toEqual({ code: status.ALREADY_EXISTS, message, detail });
  });

  test('a message of broken Unicode still reaches the client', async () => {
    script.owner = () => Promise.reject(new RejectionError(reject('ABORTED', 'half \ud83d')));
    const error = await failure(client.call('DescribeWorkflowExecution', execution));
    expect(error.message).toBe('half \ufffd');
  });

  test('an unexpected error tells the client no more than an id', async () => {
    script.owner = () => Promise.reject(new TypeError('secret'));
    const error = await failure(client.call('DescribeWorkflowExecution', execution));
    expect(error.code).toBe(status.INTERNAL);
    expect(error.message).toBe('something went wrong, please retry (an-id)');
    expect(server.bugs).toHaveLength(1);
  });

  test('garbage is an invalid argument', async () => {
    const call = client.send(
      `${workflowService}StartWorkflowExecution`,
      Buffer.from('0a09', 'hex'),
    );
    const error = await failure(call);
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.status?.message).toBe(error.message);
  });

  test.each([4 * 1024 * 1024 + 1, 5_000_000, 100_000_000])(
    'a message of %i bytes is refused in the words that clients look for',
    async (size) => {
      const error = await failure(
        client.send(`${workflowService}StartWorkflowExecution`, Buffer.alloc(size)),
      );
      expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
      expect(error.message).toBe(`grpc: received message larger than max (${size} vs. 4194304)`);
    },
  );

  test('a compressed message is read, and one that unpacks to too much is refused', async () => {
    const gzip = compressionAlgorithms.gzip;
    const packing = new GrpcClient(server.address, { 'grpc.default_compression_algorithm': gzip });
    await packing.call('DescribeWorkflowExecution', execution);
    const large = Buffer.alloc(50_000_000);
    const error = await failure(packing.send(`${workflowService}StartWorkflowExecution`, large));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error.message).toBe('grpc: received message larger than max (decompressed vs. 4194304)');
    packing.close();
  });

  test('a message of 4 MiB is read', async () => {
    const request = Buffer.alloc(4 * 1024 * 1024);
    const error = await failure(client.send(`${workflowService}SignalWorkflowExecution`, request));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
  });

  test.each([
    ['HTTP/1', 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['noise', '\x00\xff'.repeat(1_000)],
    ['half a preface', 'PRI * HTTP/2.0\r\n\r\nSM\r'],
    ['a frame of 16 MB', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\x00\x00\x00\x00\x00\x00'],
  ])('a connection of %s harms no other', async (_, bytes) => {
    const [, port] = server.address.split(':');
    for (let i = 0; i < 20; i++) {
      const socket = createConnection({ host: '127.0.0.1', port: Number(port) });
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      socket.write(bytes, 'latin1', () => socket.resetAndDestroy());
    }
    expect(await client.call('GetSystemInfo', {})).toMatchObject({ serverVersion: '1.32.0' });
  });

  test('an unknown method, service or path is unimplemented', async () => {
    for (const path of [
      `${workflowService}Nothing`,
      '/a.B/C',
      `${workflowService}CreateSchedule`,
    ]) {
      const error = await failure(client.send(path, Buffer.alloc(0)));
      expect(error.code).toBe(status.UNIMPLEMENTED);
    }
  });

  test('the call knows its deadline and its client', async () => {
    let seen: CallContext | undefined;
    script.owner = (call) => {
      seen = call;
      return Promise.resolve({});
    };
    const deadline = Date.now() + 7_000;
    const headers = { 'client-name': 'temporal-go', 'client-version': '1.34.0' };
    await client.call('DescribeWorkflowExecution', execution, { deadline, headers });
    expect(Math.abs((seen?.deadlineMs ?? 0) - deadline)).toBeLessThan(500);
    expect(seen).toMatchObject({ clientName: 'temporal-go', clientVersion: '1.34.0' });
    await client.call('DescribeWorkflowExecution', execution);
    expect(seen).toMatchObject({ deadlineMs: null, clientName: '', clientVersion: '' });
  });

  test('the call knows its metadata by name', async () => {
    let seen: CallContext | undefined;
    script.owner = (call) => {
      seen = call;
      return Promise.resolve({});
    };
    await client.call('DescribeWorkflowExecution', execution, { headers: { traceparent: '00-a' } });
    const { metadata } = seen as PublicCall;
    expect(metadata?.call(seen, 'traceparent')).toBe('00-a');
    expect(metadata?.call(seen, 'tracestate')).toBeUndefined();
  });

  test('a client that is too old, or wants another server, is told so', async () => {
    const old = { 'client-name': 'temporal-cli', 'client-version': '2.0.0' };
    const error = await failure(client.call('GetSystemInfo', {}, { headers: old }));
    expect(error.status).toMatchObject({
      code: status.FAILED_PRECONDITION,
      detail: { kind: 'clientVersionNotSupported', clientVersion: '2.0.0' },
    });
    const other = { 'supported-server-versions': '>=3.0.0' };
    expect(
      (await failure(client.call('GetSystemInfo', {}, { headers: other }))).status,
    ).toMatchObject({ detail: { kind: 'serverVersionNotSupported' } });
  });

  test('a delivery to a cancelled call is told so, once, and one that is taken is not', async () => {
    const told: string[] = [];
    const parked: ((delivery: Delivery) => void)[] = [];
    script.poll = () => new Promise((resolve) => parked.push(resolve));
    const deliver = (name: string): void =>
      parked.shift()?.({ bytes: new Uint8Array(), notDelivered: () => told.push(name) });

    const leaving = new AbortController();
    const left = failure(client.call('PollWorkflowTaskQueue', poll, { signal: leaving.signal }));
    await until(() => parked.length === 1);
    leaving.abort();
    expect((await left).code).toBe(status.CANCELLED);
    const taken = client.call('PollWorkflowTaskQueue', poll);
    await until(() => parked.length === 2);
    deliver('left');
    deliver('taken');
    await taken;
    expect(told).toEqual(['left']);
  });

  test('the end of a call is heard by who waits for it, and only if it came before the answer', async () => {
    const heard: string[] = [];
    let calls = 0;
    script.poll = (call) =>
      new Promise((resolve) => {
        calls += 1;
        call.onCancelled(() => heard.push(call.clientName));
        if (call.clientName === 'answered')
          resolve({ bytes: new Uint8Array(), notDelivered: () => heard.push('never') });
      });
    await client.call('PollWorkflowTaskQueue', poll, { headers: { 'client-name': 'answered' } });
    const gone = new GrpcClient(server.address);
    const lost = failure(
      gone.call('PollWorkflowTaskQueue', poll, { headers: { 'client-name': 'gone' } }),
    );
    await until(() => calls === 2);
    gone.close();
    await failure(
      client.call('PollWorkflowTaskQueue', poll, {
        deadline: Date.now() + 50,
        headers: { 'client-name': 'late' },
      }),
    );
    await until(() => heard.includes('late'));
    expect(heard).not.toContain('answered');
    expect(heard).not.toContain('never');
    await server.transport.stop(0);
    await lost;
    expect(heard).toContain('gone');
  });

  test('a thousand polls park on one connection and are all answered', async () => {
    const parked: ((delivery: Delivery) => void)[] = [];
    script.poll = () => new Promise((resolve) => parked.push(resolve));
    const polls = Array.from({ length: 1_000 }, () => client.call('PollWorkflowTaskQueue', poll));
    await until(() => parked.length === 1_000);
    await client.call('GetSystemInfo', {});
    for (const answer of parked) answer({ bytes: new Uint8Array(), notDelivered: () => undefined });
    expect(await Promise.all(polls)).toHaveLength(1_000);
  });

  test('stop lets a call end within the grace, and takes no new one', async () => {
    let answer: ((response: object) => void) | undefined;
    script.owner = () => new Promise((resolve) => (answer = resolve));
    const underWay = client.call('DescribeWorkflowExecution', execution);
    await until(() => answer !== undefined);
    const stopped = server.transport.stop(5_000);
    const late = await failure(new GrpcClient(server.address).call('GetSystemInfo', {}));
    expect(late.code).toBe(status.UNAVAILABLE);
    answer?.({});
    await underWay;
    await stopped;
  });

  test('stop cuts off what does not end within the grace', async () => {
    script.owner = () => new Promise(() => undefined);
    const stuck = failure(client.call('DescribeWorkflowExecution', execution));
    await client.call('GetSystemInfo', {});
    await server.transport.stop(50);
    expect([status.UNAVAILABLE, status.CANCELLED]).toContain((await stuck).code);
  });
});
