// The public API without any SDK: one method that makes one call, in the server's own decoded form.
// Nothing is retried and nothing is filled in, so that a test says all that is on the wire.

import { Client, credentials, Metadata } from '@grpc/grpc-js';
import {
  type RpcName,
  type RpcRequestInit,
  type RpcResponse,
  rpcCodec,
  serviceOf,
} from '@perdure/wire';
import { WireStatus } from './wire-status.ts';

export interface CallOptions {
  /** Deadline of the call. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

export class RawClient {
  readonly address: string;
  readonly #client: Client;

  constructor(address: string) {
    this.address = address;
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.max_receive_message_length': 128 * 1024 * 1024,
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 250,
      'grpc.use_local_subchannel_pool': 1,
    });
  }

  call<R extends RpcName>(
    rpc: R,
    request: RpcRequestInit<R>,
    options: CallOptions = {},
  ): Promise<RpcResponse<R>> {
    const codec = rpcCodec(rpc);
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(options.headers ?? {})) metadata.set(key, value);
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        `/${serviceOf(rpc)}/${rpc}`,
        (message: RpcRequestInit<R>) => Buffer.from(codec.request.encode(message)),
        (bytes: Buffer) => codec.response.decode(bytes),
        request,
        metadata,
        { deadline: Date.now() + (options.timeoutMs ?? 10_000) },
        (error, response) => {
          if (error !== null) reject(new WireStatus(rpc, error));
          else resolve(response as RpcResponse<R>);
        },
      );
      options.signal?.addEventListener('abort', () => call.cancel(), { once: true });
    });
  }

  close(): void {
    this.#client.close();
  }
}
