// gRPC's messages in the bytes of a stream: a flag, a length, the message, and over again.
//
// Bytes that are kept are copied: those handed in belong to the socket's buffer.

import { gunzip, gunzipSync, inflate, inflateSync } from 'node:zlib';
import { RejectionError, reject } from '@perdure/kernel';
import { messageBytesMax, tooLargeText } from './grpc-limit.ts';

const prefixBytes = 5;
/** Longer ones are inflated off this thread. */
const inflatedHereBytesMax = 64 * 1024;

/** How the messages of a call may be packed (`grpc-encoding`). */
export type Encoding = 'identity' | 'gzip' | 'deflate';

export function encodingOf(name: string): Encoding | null {
  if (name === '' || name === 'identity') return 'identity';
  return name === 'gzip' || name === 'deflate' ? name : null;
}

export interface PackedMessage {
  readonly compressed: boolean;
  readonly bytes: Buffer;
}

/** Splits what arrives into messages. */
export class MessageReader {
  /** Bytes of all that is incomplete, over all calls of a server; for its bound. */
  readonly #held: { bytes: number };
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Bytes with which there is more to say: those of the prefix, then those of the message. */
  #needed = prefixBytes;

  constructor(held: { bytes: number }) {
    this.#held = held;
  }

  get empty(): boolean {
    return this.#bytes === 0;
  }

  /** The messages that are complete. Throws a RejectionError for one that is too large. */
  push(chunk: Buffer): PackedMessage[] {
    let bytes = chunk;
    if (this.#bytes > 0) {
      // Until the message is complete its parts are only collected: joining each would copy a large one many times.
      if (this.#bytes + chunk.length < this.#needed) {
        this.#keep(chunk);
        return [];
      }
      bytes = Buffer.concat([...this.#parts, chunk]);
      this.drop();
    }
    const messages: PackedMessage[] = [];
    let at = 0;
    while (bytes.length - at >= prefixBytes) {
      const length = lengthAt(bytes, at);
      const end = at + prefixBytes + length;
      if (end > bytes.length) break;
      const message = Buffer.from(bytes.subarray(at + prefixBytes, end));
      messages.push({ compressed: bytes[at] === 1, bytes: message });
      at = end;
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
    return messages;
  }

  /** Lets go of what is incomplete. */
  drop(): void {
    this.#held.bytes -= this.#bytes;
    this.#parts = [];
    this.#bytes = 0;
    this.#needed = prefixBytes;
  }

  #keep(part: Buffer): void {
    this.#parts.push(Buffer.from(part));
    this.#bytes += part.length;
    this.#held.bytes += part.length;
    if (this.#needed > prefixBytes || this.#bytes < prefixBytes) return;
    this.#needed = prefixBytes + lengthAt(Buffer.concat(this.#parts), 0);
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at + 1);
  if (length > messageBytesMax) throw tooLarge(String(length));
  if ((bytes[at] as number) > 1)
    throw new RejectionError(reject('INTERNAL', 'a message of an unknown kind'));
  return length;
}

/** The message as it was meant; small ones at once. Throws or rejects with a RejectionError. */
export function unpack(message: PackedMessage, encoding: Encoding): Buffer | Promise<Buffer> {
  const { compressed, bytes } = message;
  if (!compressed) return bytes;
  if (encoding === 'identity')
    throw new RejectionError(reject('INTERNAL', 'a compressed message without grpc-encoding'));
  if (bytes.length > inflatedHereBytesMax) return unpackElsewhere(bytes, encoding);
  try {
    const unpacker = encoding === 'gzip' ? gunzipSync : inflateSync;
    const unpacked = unpacker(bytes, { maxOutputLength: messageBytesMax });
    // zlib hands out a part of a buffer of 16 KiB: what is kept of a small message would keep all of it.
    return unpacked.length < unpacked.buffer.byteLength / 2 ? Buffer.from(unpacked) : unpacked;
  } catch (error) {
    throw unpackFault(error);
  }
}

function unpackElsewhere(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  return new Promise((resolve, rejectWith) => {
    const unpacker = encoding === 'gzip' ? gunzip : inflate;
    unpacker(bytes, { maxOutputLength: messageBytesMax }, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else rejectWith(unpackFault(error));
    });
  });
}

function unpackFault(error: unknown): RejectionError {
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
    return tooLarge('decompressed');
  return new RejectionError(reject('INTERNAL', 'a message that cannot be decompressed'));
}

function tooLarge(size: string): RejectionError {
  return new RejectionError(reject('RESOURCE_EXHAUSTED', tooLargeText(size)));
}
