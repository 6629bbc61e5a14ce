// grpc.health.v1: Check, and Watch, which stays open and tells of the end.

import type { PublicMethod } from '@perdure/frontend';
import { RejectionError, reject } from '@perdure/kernel';
import { type Codec, publicCodec } from '@perdure/wire';
import type { StreamingCall, StreamingMethod } from './grpc-streaming.ts';

interface HealthRequest {
  readonly service: string;
}
interface HealthResponse {
  readonly status: number;
}

const requestCodec = publicCodec('grpc.health.v1.HealthCheckRequest') as unknown as Codec<
  HealthRequest,
  HealthRequest
>;
const responseCodec = publicCodec('grpc.health.v1.HealthCheckResponse') as unknown as Codec<
  HealthResponse,
  HealthResponse
>;

const service = 'grpc.health.v1.Health';
const Serving = { Yes: 1, No: 2, Unknown: 3 } as const;
const internal = 13;

interface OpenWatch {
  readonly call: StreamingCall;
  /** Null until the client has said what it watches. */
  request: HealthRequest | null;
}

export interface Health {
  readonly check: PublicMethod;
  readonly watch: StreamingMethod;
  /** From now on the server says that it does not serve; open watches hear it and end. */
  leave(): void;
}

/** Answers for the given services and, under the empty name, for the server as a whole. */
export function healthService(services: ReadonlySet<string>): Health {
  let serving: number = Serving.Yes;
  const watches = new Set<OpenWatch>();
  const stateOf = (request: HealthRequest): number =>
    request.service === '' || services.has(request.service) ? serving : Serving.Unknown;
  const encode = (status: number): Uint8Array => responseCodec.encode({ status });
  return {
    check: {
      service,
      name: 'Check',
      scope: null,
      handle: async (bytes) => {
        const state = stateOf(requestCodec.decode(bytes));
        if (state === Serving.Unknown)
          throw new RejectionError(reject('NOT_FOUND', 'unknown service'));
        return encode(state);
      },
    },
    watch: {
      path: `/${service}/Watch`,
      open: (call) => {
        const watch: OpenWatch = { call, request: null };
        return {
          message: (bytes) => {
            if (watch.request !== null) return;
            try {
              watch.request = requestCodec.decode(bytes);
            } catch {
              call.end(internal, 'this is no HealthCheckRequest');
              return;
            }
            watches.add(watch);
            call.send(encode(stateOf(watch.request)));
          },
          ended: () => undefined,
          cancelled: () => watches.delete(watch),
        };
      },
    },
    leave() {
      serving = Serving.No;
      for (const { call, request } of watches) {
        if (request !== null) call.send(encode(stateOf(request)));
        call.end();
      }
    },
  };
}
