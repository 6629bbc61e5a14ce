// The services beside the API: health and reflection, over the wire.

import { status } from '@grpc/grpc-js';
import { publicCodec } from '@perdure/wire';
import {
  type ReflectionRequest,
  type ReflectionResponse,
  reflectionRequestCodec,
  reflectionResponseCodec,
} from '@perdure/wire/reflection';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  GrpcClient,
  type ScriptedServer,
  startScriptedServer,
} from '../fixtures/scripted-server.ts';
import { transportKinds } from './grpc-transport.ts';

const workflowService = 'temporal.api.workflowservice.v1.WorkflowService';
const operatorService = 'temporal.api.operatorservice.v1.OperatorService';
const identity = (bytes: Buffer): Buffer => bytes;

describe.each(transportKinds)('%s', (kind) => {
  let server: ScriptedServer;
  let client: GrpcClient;

  beforeEach(async () => {
    server = await startScriptedServer({}, kind);
    client = new GrpcClient(server.address);
  });

  afterEach(async () => {
    client.close();
    await server.transport.stop(0);
  });

  const healthRequest = publicCodec<{ service: string }>('grpc.health.v1.HealthCheckRequest');
  const healthResponse = publicCodec<{ status: number }>('grpc.health.v1.HealthCheckResponse');
  const about = (service: string): Buffer => Buffer.from(healthRequest.encode({ service }));

  test.each(['', workflowService, operatorService])('Check says that "%s" serves', async (name) => {
    const bytes = await client.send('/grpc.health.v1.Health/Check', about(name));
    expect(healthResponse.decode(bytes)).toMatchObject({ status: 1 });
  });

  test('Check of a service that is not here is not found', async () => {
    const check = client.send('/grpc.health.v1.Health/Check', about('elsewhere'));
    await expect(check).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  test('Check and Watch of garbage are refused', async () => {
    const garbage = Buffer.from('0a09', 'hex');
    const check = client.send('/grpc.health.v1.Health/Check', garbage);
    await expect(check).rejects.toMatchObject({ code: status.INTERNAL });
  });

  /** What a watch says until it ends. */
  function watch(name: string): { readonly states: number[]; readonly ended: Promise<void> } {
    const path = '/grpc.health.v1.Health/Watch';
    const call = client.makeServerStreamRequest(path, identity, identity, about(name));
    const states: number[] = [];
    call.on('data', (bytes: Buffer) => states.push(healthResponse.decode(bytes).status));
    const ended = new Promise<void>((resolve, reject) => {
      call.on('end', resolve);
      call.on('error', reject);
    });
    return { states, ended };
  }

  test('Watch stays open and hears of the end', async () => {
    const [whole, elsewhere] = [watch(''), watch('elsewhere')];
    while (whole.states.length + elsewhere.states.length < 2)
      await new Promise((resolve) => setImmediate(resolve));
    await server.transport.stop(1_000);
    await Promise.all([whole.ended, elsewhere.ended]);
    expect(whole.states).toEqual([1, 2]);
    expect(elsewhere.states).toEqual([3, 3]);
  });

  /** Asks in one call, and takes the answers in order. */
  function reflect(
    version: string,
    requests: readonly Partial<ReflectionRequest>[],
  ): Promise<ReflectionResponse[]> {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const call = client.makeBidiStreamRequest(path, identity, identity);
    const answers: ReflectionResponse[] = [];
    call.on('data', (bytes: Buffer) => answers.push(reflectionResponseCodec.decode(bytes)));
    for (const request of requests) call.write(Buffer.from(reflectionRequestCodec.encode(request)));
    call.end();
    return new Promise((resolve, reject) => {
      call.on('end', () => resolve(answers));
      call.on('error', reject);
    });
  }

  test.each(['v1', 'v1alpha'])('reflection %s lists the services', async (version) => {
    const [answer] = await reflect(version, [{ listServices: '*' }]);
    expect(answer?.listServicesResponse?.service.map(({ name }) => name)).toEqual([
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'grpc.reflection.v1alpha.ServerReflection',
      operatorService,
      workflowService,
    ]);
  });

  test('reflection answers each question of a call in its order', async () => {
    const answers = await reflect('v1', [
      { fileContainingSymbol: workflowService },
      { fileByFilename: 'google/protobuf/duration.proto' },
      { fileContainingSymbol: 'a.B' },
      { allExtensionNumbersOfType: workflowService },
    ]);
    const [file, duration, unknown, extensions] = answers;
    expect(file?.fileDescriptorResponse?.fileDescriptorProto[0]?.length).toBeGreaterThan(10_000);
    expect(duration?.originalRequest.fileByFilename).toBe('google/protobuf/duration.proto');
    expect(unknown?.errorResponse).toMatchObject({ errorCode: status.NOT_FOUND });
    expect(extensions?.errorResponse).toMatchObject({ errorCode: status.NOT_FOUND });
  });

  test('reflection of garbage ends the call and nothing else', async () => {
    const call = client.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      identity,
      identity,
    );
    call.on('data', () => undefined);
    call.write(Buffer.from('0a09', 'hex'));
    await new Promise((resolve) => call.on('error', resolve));
    expect(await reflect('v1', [{ listServices: '' }])).toHaveLength(1);
  });
});
