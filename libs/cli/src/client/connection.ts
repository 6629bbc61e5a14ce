// One gRPC connection: a channel, and calls of the public API by name.
//
// C1. The first call fails at once where no server listens. Once a server has answered, a call that finds it gone is
//     tried again for `retryMsMax`, so that a wait survives a restart.
// C2. A server that is busy is asked again, as SDKs do.

import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChannelCredentials, Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { RpcName } from '@perdure/wire';
import { type FullRequest, type FullResponse, fullRpcCodec } from '@perdure/wire/full';
import { CommandError } from '../command.ts';
import type { ConnectionValues } from '../flags/connection.ts';
import { parsePair } from '../parse/pairs.ts';
import { rpcFault } from './rpc-fault.ts';

export interface Connection {
  readonly namespace: string;
  readonly identity: string;
  call<R extends RpcName>(
    rpc: R,
    request: FullRequest<R>,
    timeoutMs?: number,
  ): Promise<FullResponse<R>>;
  close(): void;
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
  };
  if (flags['tls-server-name'] !== undefined) {
    options['grpc.ssl_target_name_override'] = flags['tls-server-name'];
  }
  const client = new Client(flags.address, channelCredentials(flags), options);
  const metadata = callMetadata(flags);
  let answered = false;
  return {
    namespace: flags.namespace,
    identity: flags.identity ?? defaultIdentity(),
    async call(rpc, request, timeoutMs = answerMsMax) {
      const codec = fullRpcCodec(rpc);
      const path = `/temporal.api.workflowservice.v1.WorkflowService/${rpc}`;
      const retryUntil = Date.now() + retryMsMax;
      for (let waitMs = 100; ; waitMs = Math.min(waitMs * 1.7, 5_000)) {
        const answer = await new Promise<FullResponse<typeof rpc> | Error>((resolve) => {
          client.makeUnaryRequest(
            path,
            (message: typeof request) => Buffer.from(codec.request.encode(message)),
            (bytes: Buffer) => codec.response.decode(bytes),
            request,
            metadata,
            { deadline: Date.now() + (answered ? timeoutMs : Math.max(timeoutMs, connectMsMax)) },
            (error, response) => resolve(error ?? (response as FullResponse<typeof rpc>)),
          );
        });
        if (!(answer instanceof Error)) {
          answered = true;
          return answer;
        }
        const fault = rpcFault(answer, flags.address);
        const again = busy.has(fault.code) || (answered && absent.has(fault.code));
        if (!again || Date.now() + waitMs > retryUntil) throw fault;
        await delay(waitMs);
      }
    },
    close: () => client.close(),
  };
}

function defaultIdentity(): string {
  return `perdure-cli:${userInfo().username}@${hostname()}`;
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
