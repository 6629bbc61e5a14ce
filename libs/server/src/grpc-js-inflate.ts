// Small compressed requests are inflated in one call. Stock workers compress everything they send; grpc-js inflates each
// message through a stream and the thread pool, which costs about 150 µs of CPU where the work itself takes 8.

import { gunzipSync } from 'node:zlib';
import { type ServerInterceptor, status } from '@grpc/grpc-js';
import { messageBytesMax } from './grpc-limit.ts';

/** Longer ones take grpc-js's way, off this thread. */
const compressedBytesMax = 64 * 1024;
/** gRPC's prefix of a message: a flag and its length. */
const prefixBytes = 5;

type BaseCall = Parameters<ServerInterceptor>[1];
/** What grpc-js calls for each message; not in its types. */
interface Inflating extends BaseCall {
  decompressMessage(message: Buffer, encoding: string): Buffer | Promise<Buffer>;
}

/** Throws a status, as grpc-js expects of the method it replaces. */
function inflate(this: Inflating, message: Buffer, encoding: string): Buffer | Promise<Buffer> {
  if (encoding !== 'gzip' || message.length > compressedBytesMax) {
    const base = Object.getPrototypeOf(this) as Inflating;
    return base.decompressMessage.call(this, message, encoding);
  }
  try {
    return gunzipSync(message.subarray(prefixBytes), { maxOutputLength: messageBytesMax });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge
      ? new Refused(
          status.RESOURCE_EXHAUSTED,
          `Received message that decompresses to a size larger than ${messageBytesMax}`,
        )
      : new Refused(status.INTERNAL, 'Failed to decompress message');
  }
}

/** grpc-js sends what is thrown as the status of the call. */
class Refused extends Error {
  readonly code: status;
  readonly details: string;
  constructor(code: status, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

/** Not a layer of its own: the call that it is given, with one method replaced. */
export const inflateAtOnce = ((_method: unknown, call: Inflating) => {
  call.decompressMessage = inflate;
  return call;
}) as unknown as ServerInterceptor;
