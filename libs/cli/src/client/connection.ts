// One gRPC connection: a channel, and calls of the public API by name.
//
// C1. The first call fails at once where no server listens. Once a server has answered, a call that finds it gone is
//     tried again for `retryMsMax`, so that a wait survives a restart.
// C2. A server that is busy is asked again, as SDKs do.

import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ChannelCredentials,
  Client,
  connectivityState,
  credentials,
  Metadata,
  status,
} from '@grpc/grpc-js';
import type { RpcName } from '@perdure/wire';
import { type FullRequest, type FullResponse, fullRpcCodec } from '@perdure/wire/full';
import {
  type OperatorMessages,
  type OperatorRpc,
  operatorCodec,
  operatorService,
} from '@perdure/wire/operator';
import { CommandError } from '../command.ts';
import type { ConnectionValues } from '../flags/connection.ts';
import { parsePair } from '../parse/pairs.ts';
import { RpcFault, rpcFault, unreachable } from './rpc-fault.ts';

export interface Connection {
  readonly namespace: string;
  readonly identity: string;
  call<R extends RpcName>(
    rpc: R,
    request: FullRequest<R>,
    timeoutMs?: number,
  ): Promise<FullResponse<R>>;
  /** The same for the operator's service of a Perdure server. */
  callOperator<R extends OperatorRpc>(
    rpc: R,
    request: OperatorMessages[R]['request'],
    timeoutMs?: number,
  ): Promise<OperatorMessages[R]['response']>;
  close(): void;
}

interface Method<I, O> {
  readonly path: string;
  readonly request: { encode(message: I): Uint8Array };
  readonly response: { decode(bytes: Uint8Array): O };
}

/** Calls that the server answers at once get this time; long polls name their own. */
const answerMsMax = 10_000;
const retryMsMax = 10_000;
const messageBytesMax = 128 * 1024 * 1024;

const absent = new Set<number>([status.UNAVAILABLE]);
const busy = new Set<number>([status.RESOURCE_EXHAUSTED, status.ABORTED]);

export function openConnection(flags: ConnectionValues, connectMsMax: number): Connection {
  const options: Record<string, string | number> = {
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.service_config_disable_resolution': 1,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
  };
  if (flags['tls-server-name'] !== undefined) {
    options['grpc.ssl_target_name_override'] = flags['tls-server-name'];
  }
  const client = new Client(flags.address, channelCredentials(flags), options);
  const metadata = callMetadata(flags);
  let answered = false;

  /** One attempt; resolves to the answer or to the error. */
  function attempt<I, O>(
    method: Method<I, O>,
    request: I,
    timeoutMs: number,
  ): Promise<O | RpcFault> {
    return new Promise((resolve) => {
      let late = false;
      const call = client.makeUnaryRequest(
        method.path,
        (message: I) => Buffer.from(method.request.encode(message)),
        (bytes: Buffer) => method.response.decode(bytes),
        request,
        metadata,
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          clearTimeout(connecting);
          if (error === null) resolve(response as O);
          else resolve(late ? unreachable(flags.address) : rpcFault(error, flags.address));
        },
      );
      const refuseLate = (): void => {
        late = client.getChannel().getConnectivityState(false) !== connectivityState.READY;
        if (late) call.cancel();
      };
      const connecting = connectMsMax === 0 ? undefined : setTimeout(refuseLate, connectMsMax);
    });
  }

  async function persistently<I, O>(
    method: Method<I, O>,
    request: I,
    timeoutMs: number,
  ): Promise<O> {
    let retryUntil = 0;
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 1.7, 5_000)) {
      const answer = await attempt(method, request, timeoutMs);
      if (!(answer instanceof RpcFault)) {
        answered = true;
        return answer;
      }
      const again = busy.has(answer.code) || (answered && absent.has(answer.code));
      retryUntil ||= Date.now() + retryMsMax;
      if (!again || Date.now() + waitMs > retryUntil) throw answer;
      await delay(waitMs);
    }
  }

  return {
    namespace: flags.namespace,
    identity: flags.identity ?? defaultIdentity(),
    call: (rpc, request, timeoutMs = answerMsMax) => {
      const path = `/temporal.api.workflowservice.v1.WorkflowService/${rpc}`;
      return persistently({ path, ...fullRpcCodec(rpc) }, request, timeoutMs);
    },
    callOperator: (rpc, request, timeoutMs = answerMsMax) => {
      const path = `/${operatorService}/${rpc}`;
      return persistently({ path, ...operatorCodec(rpc) }, request, timeoutMs);
    },
    close: () => client.close(),
  };
}

function defaultIdentity(): string {
  return `perdure-cli:${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    // A container may run under a number that has no name.
    if ((error as NodeJS.ErrnoException).code === 'ERR_SYSTEM_ERROR') return 'unknown';
    throw error;
  }
}

function callMetadata(flags: ConnectionValues): Metadata {
  const metadata = new Metadata();
  metadata.set('client-name', 'perdure-cli');
  metadata.set('temporal-namespace', flags.namespace);
  if (flags['api-key'] !== undefined) metadata.set('authorization', `Bearer ${flags['api-key']}`);
  for (const text of flags['grpc-meta']) {
    const [key, value] = parsePair(text, '--grpc-meta');
    metadata.set(key, value);
  }
  return metadata;
}

function channelCredentials(flags: ConnectionValues): ChannelCredentials {
  const files = [flags['tls-ca-path'], flags['tls-key-path'], flags['tls-cert-path']];
  const secure =
    flags.tls || flags['api-key'] !== undefined || files.some((path) => path !== undefined);
  if (!secure) return credentials.createInsecure();
  const [authority, key, certificate] = files.map((path) =>
    path === undefined ? null : readPem(path),
  );
  const trust = flags['tls-disable-host-verification'] ? { rejectUnauthorized: false } : {};
  return credentials.createSsl(authority ?? null, key ?? null, certificate ?? null, trust);
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CommandError(`cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
