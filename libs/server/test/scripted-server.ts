// The transport and the frontend over scripted services, and a client that knows nothing but gRPC.

import { type CallOptions, Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { createFrontend, createNamespaces, type Delivery, type OwnerRpcs } from '@perdure/frontend';
import type { CallContext } from '@perdure/ports';
import {
  type DecodedStatus,
  decodeStatus,
  type RpcName,
  type RpcRequestInit,
  type RpcResponse,
  rpcCodec,
} from '@perdure/wire';
import { createGrpcTransport, type GrpcTransport } from '../src/grpc-transport.ts';
import { versionInRange } from '../src/version-range.ts';

export const workflowService = '/temporal.api.workflowservice.v1.WorkflowService/';

/** What the services do with a call that reached them. */
export interface Script {
  /** Answers what the owner is asked. */
  owner?(call: CallContext): Promise<object>;
  /** Answers PollWorkflowTaskQueue. */
  poll?(call: CallContext): Promise<Delivery>;
}

export interface ScriptedServer {
  readonly address: string;
  readonly transport: GrpcTransport;
  readonly bugs: readonly unknown[];
}

export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const bugs: unknown[] = [];
  const answer = (_request: unknown, call: CallContext): Promise<object> =>
    script.owner?.(call) ?? Promise.resolve({});
  const nothing: Delivery = { bytes: new Uint8Array(), notDelivered: () => undefined };
  const poll = (_request: unknown, call: CallContext): Promise<Delivery> =>
    script.poll?.(call) ?? Promise.resolve(nothing);
  const methods = createFrontend({
    services: {
      history: { rpc: new Proxy({}, { get: () => answer }) as OwnerRpcs['rpc'] },
      matching: {
        describe: () => {
          throw new Error('not scripted');
        },
      },
      polls: { pollWorkflowTaskQueue: poll, pollActivityTaskQueue: poll, shutdownWorker: answer },
      namespaces: createNamespaces(['default']),
    },
    cluster: {
      id: '',
      name: 'active',
      historyShards: 1,
      persistenceStore: '',
      visibilityStore: '',
    },
    versionInRange,
    newId: () => 'an-id',
    reportBug: ({ error }) => bugs.push(error),
  });
  const transport = createGrpcTransport(methods);
  const port = await transport.start('127.0.0.1:0');
  return { address: `127.0.0.1:${port}`, transport, bugs };
}

/** A call that failed, with the details of its status. */
export class CallError extends Error {
  readonly code: number;
  readonly status: DecodedStatus | undefined;

  constructor(error: ServiceError) {
    super(error.details, { cause: error });
    this.code = error.code;
    const [trailer] = error.metadata.get('grpc-status-details-bin');
    this.status = trailer instanceof Buffer ? decodeStatus(trailer) : undefined;
  }
}

const identity = (bytes: Buffer): Buffer => bytes;

export class GrpcClient extends Client {
  constructor(address: string) {
    super(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  }

  /** Sends the bytes to the method of that path. Aborting the signal cancels the call. */
  send(
    path: string,
    request: Uint8Array,
    options: CallOptions & { readonly signal?: AbortSignal; readonly headers?: object } = {},
  ): Promise<Buffer> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(options.headers ?? {}))
      metadata.set(name, String(value));
    return new Promise((resolve, reject) => {
      const call = this.makeUnaryRequest(
        path,
        identity,
        identity,
        Buffer.from(request),
        metadata,
        options,
        (error, response) => {
          if (error !== null) reject(new CallError(error));
          else resolve(response as Buffer);
        },
      );
      options.signal?.addEventListener('abort', () => call.cancel());
    });
  }

  async call<R extends RpcName>(
    name: R,
    request: RpcRequestInit<R>,
    options: Parameters<GrpcClient['send']>[2] = {},
  ): Promise<RpcResponse<R>> {
    const { request: out, response } = rpcCodec(name);
    return response.decode(await this.send(workflowService + name, out.encode(request), options));
  }
}
