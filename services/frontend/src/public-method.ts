// The one handler type between the public API and whatever carries it: bytes of the request in, bytes of the answer
// out, no word of gRPC's.

import type { CallContext } from '@perdure/ports';
import type { Scope } from './scope.ts';

/** A call of the public API, as the transport hands it over. */
export interface PublicCall extends CallContext {
  /** Metadata `supported-server-versions`; empty when absent. */
  readonly supportedServerVersions: string;
  /** The namespace of the call, set by the frontend when it is known: for whoever watches calls. */
  namespace?: string;
  /** Metadata of that name, for whoever continues a trace; undefined when absent. */
  metadata?(name: string): string | undefined;
}

/** An answer that somebody must hear of when it reaches nobody (rule D3). */
export interface Delivery {
  readonly bytes: Uint8Array;
  /** Called by the transport, once, when the call was cancelled before any byte of the answer was written. */
  notDelivered(): void;
}

/** Rejects with a RejectionError and nothing else. */
export type Handler = (request: Uint8Array, call: PublicCall) => Promise<Uint8Array | Delivery>;

export interface PublicMethod {
  /** Full name of the service. */
  readonly service: string;
  readonly name: string;
  /** What an authoriser needs to know; null for a method that is not implemented. */
  readonly scope: Scope | null;
  readonly handle: Handler;
}
