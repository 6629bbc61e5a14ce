// Server reflection: what grpcurl and the like ask before their first call. The schema is read at the first question.

import { statusNumbers } from '@perdure/wire';
import type * as wire from '@perdure/wire/reflection';
import type { StreamingCall, StreamingMethod, StreamingReceiver } from './grpc-streaming.ts';

type Wire = typeof wire;

export function reflectionMethods(): readonly StreamingMethod[] {
  let loading: Promise<Answerer> | undefined;
  const load = (): Promise<Answerer> => {
    loading ??= import('@perdure/wire/reflection').then((loaded) => new Answerer(loaded));
    return loading;
  };
  return ['v1', 'v1alpha'].map((version) => ({
    path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    open: (call) => conversation(call, load()),
  }));
}

/** Each question is answered in its turn; garbage ends the call. */
function conversation(call: StreamingCall, loading: Promise<Answerer>): StreamingReceiver {
  let previous: Promise<unknown> = loading;
  let over = false;
  const next = (step: (answerer: Answerer) => void): void => {
    previous = previous
      .then(async () => {
        if (!over) step(await loading);
      })
      .catch((cause: Error) => {
        over = true;
        call.end(statusNumbers.INVALID_ARGUMENT, cause.message);
      });
  };
  return {
    message: (request) => next((answerer) => call.send(answerer.answer(request))),
    ended: () => next(() => call.end()),
    cancelled: () => {
      over = true;
    },
  };
}

class Answerer {
  readonly #wire: Wire;
  readonly #files: wire.ReflectionFiles;

  constructor(wire: Wire) {
    this.#wire = wire;
    this.#files = wire.reflectionFiles();
  }

  answer(bytes: Buffer): Uint8Array {
    const request = this.#wire.reflectionRequestCodec.decode(bytes);
    const response = { validHost: request.host, originalRequest: request, ...this.#find(request) };
    return this.#wire.reflectionResponseCodec.encode(response);
  }

  #find(request: wire.ReflectionRequest): Partial<wire.ReflectionResponse> {
    const { fileByFilename: name, fileContainingSymbol: symbol } = request;
    if (name !== '') return fileOrError(this.#files.byName(name), name);
    if (symbol !== '') return fileOrError(this.#files.bySymbol(symbol), symbol);
    // The text of this question means nothing, not even when it is empty: that it was asked does.
    if (!Object.hasOwn(request, 'listServices'))
      return error(statusNumbers.NOT_FOUND, 'this schema has no extensions');
    const service = this.#files.services.map((one) => ({ name: one }));
    return { listServicesResponse: { service } };
  }
}

function fileOrError(
  file: Uint8Array | undefined,
  asked: string,
): Partial<wire.ReflectionResponse> {
  if (file === undefined) return error(statusNumbers.NOT_FOUND, `${asked} is not known`);
  return { fileDescriptorResponse: { fileDescriptorProto: [file] } };
}

function error(errorCode: number, errorMessage: string): Partial<wire.ReflectionResponse> {
  return { errorResponse: { errorCode, errorMessage } };
}
