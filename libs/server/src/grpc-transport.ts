// What carries the public API: our own HTTP/2, or grpc-js. Neither decodes a message of the API.

import type { PublicMethod } from '@perdure/frontend';
import type { Clock, DynamicConfig } from '@perdure/ports';
import { createHttp2Transport } from './http2-transport.ts';

export interface GrpcTransport {
  /** Serves on `host:port`, port 0 being any free one. Resolves with the port; throws ListenFault, one line for the user. */
  start(address: string): Promise<number>;
  /**
   * No new connections or calls from now on; calls under way may end within the grace, then they are cut off. Parked
   * polls end early only if who parked them ends them.
   */
  stop(graceMs: number): Promise<void>;
}

export const transportKinds = ['http2', 'grpc-js'] as const;
export type TransportKind = (typeof transportKinds)[number];

/** What an operator asks for by PERDURE_TRANSPORT; our own unless asked. Throws one line for a name that is none. */
export function transportAskedFor(name: string | undefined): TransportKind {
  const kind = transportKinds.find((one) => one === (name ?? 'http2'));
  if (kind !== undefined) return kind;
  throw new Error(`PERDURE_TRANSPORT is ${transportKinds.join(' or ')}, not ${name}`);
}

/** grpc-js is loaded when it is asked for: it takes a quarter of the time of a start. */
export async function createGrpcTransport(
  methods: readonly PublicMethod[],
  config: DynamicConfig,
  clock: Clock,
  kind: TransportKind = 'http2',
): Promise<GrpcTransport> {
  if (kind === 'http2') return createHttp2Transport(methods, config, clock);
  const { createGrpcJsTransport } = await import('./grpc-js-transport.ts');
  return createGrpcJsTransport(methods, config, clock);
}
