// grpc.health.v1: Check, and Watch, which stays open and tells of the end.

import {
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { type Codec, publicCodec } from '@perdure/wire';
import { asBuffer } from './grpc-call.ts';

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

const Serving = { Yes: 1, No: 2, Unknown: 3 } as const;
type Watch = ServerWritableStream<HealthRequest, number>;

export interface Health {
  /** From now on the server says that it does not serve; open watches hear it and end. */
  leave(): void;
}

/** Answers for the given services and, under the empty name, for the server as a whole. */
export function addHealth(server: Server, services: ReadonlySet<string>): Health {
  let serving: number = Serving.Yes;
  const watches = new Set<Watch>();
  const stateOf = ({ service }: HealthRequest): number =>
    service === '' || services.has(service) ? serving : Serving.Unknown;
  const decode = (bytes: Buffer): HealthRequest => requestCodec.decode(bytes);
  const encode = (state: number): Buffer => asBuffer(responseCodec.encode({ status: state }));
  server.register(
    '/grpc.health.v1.Health/Check',
    (call: ServerUnaryCall<HealthRequest, number>, callback: sendUnaryData<number>) => {
      const state = stateOf(call.request);
      if (state === Serving.Unknown)
        callback({ code: status.NOT_FOUND, details: 'unknown service' });
      else callback(null, state);
    },
    encode,
    decode,
    'unary',
  );
  server.register(
    '/grpc.health.v1.Health/Watch',
    (call: Watch) => {
      watches.add(call);
      call.once('cancelled', () => watches.delete(call));
      call.write(stateOf(call.request));
    },
    encode,
    decode,
    'serverStream',
  );
  return {
    leave() {
      serving = Serving.No;
      for (const watch of watches) {
        watch.write(stateOf(watch.request));
        watch.end();
      }
    },
  };
}
