// Server reflection: what grpcurl and the like ask before their first call. The schema is read at the first question.

import { type Server, type ServerDuplexStream, status } from '@grpc/grpc-js';
import type * as wire from '@perdure/wire/reflection';
import { asBuffer } from './grpc-call.ts';

type Wire = typeof wire;
type Reflection = ServerDuplexStream<Buffer, Buffer>;

export function addReflection(server: Server): void {
  let loading: Promise<Answerer> | undefined;
  const identity = (bytes: Buffer): Buffer => bytes;
  const handle = (call: Reflection): void => {
    loading ??= import('@perdure/wire/reflection').then((loaded) => new Answerer(loaded));
    let previous: Promise<unknown> = loading;
    const answered = loading;
    call.on('data', (request: Buffer) => {
      previous = previous
        .then(async () => call.write((await answered).answer(request)))
        .catch((cause: Error) => {
          call.emit('error', { code: status.INVALID_ARGUMENT, details: cause.message });
        });
    });
    call.on('end', () => {
      previous = previous.then(() => call.end());
    });
  };
  for (const version of ['v1', 'v1alpha']) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    server.register(path, handle, identity, identity, 'bidi');
  }
}

class Answerer {
  readonly #wire: Wire;
  readonly #files: wire.ReflectionFiles;

  constructor(wire: Wire) {
    this.#wire = wire;
    this.#files = wire.reflectionFiles();
  }

  answer(bytes: Buffer): Buffer {
    const request = this.#wire.reflectionRequestCodec.decode(bytes);
    const response = { validHost: request.host, originalRequest: request, ...this.#find(request) };
    return asBuffer(this.#wire.reflectionResponseCodec.encode(response));
  }

  #find(request: wire.ReflectionRequest): Partial<wire.ReflectionResponse> {
    const { fileByFilename: name, fileContainingSymbol: symbol } = request;
    if (name !== '') return fileOrError(this.#files.byName(name), name);
    if (symbol !== '') return fileOrError(this.#files.bySymbol(symbol), symbol);
    // The text of this question means nothing, not even when it is empty: that it was asked does.
    if (!Object.hasOwn(request, 'listServices'))
      return error(status.NOT_FOUND, 'this schema has no extensions');
    const service = this.#files.services.map((one) => ({ name: one }));
    return { listServicesResponse: { service } };
  }
}

function fileOrError(
  file: Uint8Array | undefined,
  asked: string,
): Partial<wire.ReflectionResponse> {
  if (file === undefined) return error(status.NOT_FOUND, `${asked} is not known`);
  return { fileDescriptorResponse: { fileDescriptorProto: [file] } };
}

function error(errorCode: number, errorMessage: string): Partial<wire.ReflectionResponse> {
  return { errorResponse: { errorCode, errorMessage } };
}
