// The half of a connection that speaks: frames out, within the windows that the peer gives and no faster than the socket
// takes them.
//
// S1. Header blocks are written when their frame is: they refer to earlier blocks of the connection (RFC 7541, 2.2).
// S2. Frames of one turn leave in one write.
// S3. Streams that wait for room take turns, a frame each.

import {
  defaultWindow,
  ErrorCode,
  Flag,
  FrameType,
  frameHeaderBytes,
  framePayloadMax,
  putFrameHeader,
  rstStreamFrame,
  windowMax,
} from './frames.ts';
import { type AnswerStatus, HeaderWriter, okStatus } from './header-writer.ts';
import type { Http2Stream, StreamOutput } from './stream.ts';

/** gRPC's prefix of a message: a flag and its length. */
const messagePrefixBytes = 5;
/** The socket has so much to do that more answers wait in their streams. */
const socketBytesMax = 1024 * 1024;

export interface SenderOptions {
  /** Bytes written to the socket that it has not got rid of. */
  readonly socketBytes: () => number;
  /** There is something to flush; told once until `take`. */
  readonly dirty: () => void;
  /** The stream's last frame is out. */
  readonly done: (stream: Http2Stream) => void;
}

export class Sender implements StreamOutput {
  readonly headerWriter: HeaderWriter = new HeaderWriter();
  readonly #options: SenderOptions;
  #window = defaultWindow;
  #out: Buffer[] = [];
  #outBytes = 0;
  readonly #waiting = new Set<Http2Stream>();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Bytes of answers that wait here, for room or for the next flush. */
  get waitingStreams(): number {
    return this.#waiting.size;
  }

  frame(bytes: Buffer): void {
    if (this.#out.length === 0) this.#options.dirty();
    this.#out.push(bytes);
    this.#outBytes += bytes.length;
  }

  /** What is to be written to the socket now, or null. */
  take(): Buffer | null {
    const out = this.#out;
    if (out.length === 0) return null;
    this.#out = [];
    this.#outBytes = 0;
    return out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out);
  }

  answer(stream: Http2Stream, message: Uint8Array): void {
    const payload = messagePrefixBytes + message.length;
    const fits =
      stream.queue === null &&
      payload <= framePayloadMax &&
      payload <= stream.sendWindow &&
      payload <= this.#window;
    if (!fits) {
      this.headers(stream);
      this.message(stream, message);
      this.finish(stream, okStatus);
      return;
    }
    const { id } = stream;
    const headers = this.headerWriter.headers();
    const trailers = this.headerWriter.trailers(okStatus);
    const frame = Buffer.allocUnsafe(
      3 * frameHeaderBytes + headers.length + payload + trailers.length,
    );
    let at = putHeaders(frame, 0, id, headers, Flag.EndHeaders);
    at = putFrameHeader(frame, at, { length: payload, type: FrameType.Data, flags: 0, stream: id });
    at = putPrefix(frame, at, message.length);
    frame.set(message, at);
    putHeaders(frame, at + message.length, id, trailers, Flag.EndHeaders | Flag.EndStream);
    stream.headersSent = true;
    stream.localEnded = true;
    stream.sendWindow -= payload;
    this.#window -= payload;
    this.frame(frame);
    this.#ended(stream);
  }

  headers(stream: Http2Stream): void {
    stream.headersSent = true;
    this.#block(stream.id, this.headerWriter.headers(), 0);
  }

  message(stream: Http2Stream, message: Uint8Array): void {
    const prefix = Buffer.allocUnsafe(messagePrefixBytes);
    putPrefix(prefix, 0, message.length);
    stream.queue ??= [];
    if (message.length < framePayloadMax) stream.queue.push(Buffer.concat([prefix, message]));
    else stream.queue.push(prefix, message);
    this.#waiting.add(stream);
    this.resume();
  }

  finish(stream: Http2Stream, status: AnswerStatus): void {
    stream.localEnded = true;
    if (stream.queue !== null) stream.status = status;
    else this.#status(stream, status);
  }

  httpStatus(stream: Http2Stream, code: number): void {
    stream.headersSent = true;
    stream.localEnded = true;
    this.#block(stream.id, this.headerWriter.httpStatus(code), Flag.EndStream);
    this.#ended(stream);
  }

  /** The stream is gone: what it still had to say is dropped. */
  forget(stream: Http2Stream): void {
    stream.localEnded = true;
    stream.queue = null;
    this.#waiting.delete(stream);
  }

  /** False when the peer has made the window larger than there is. */
  widen(increment: number): boolean {
    this.#window += increment;
    if (this.#window > windowMax) return false;
    this.resume();
    return true;
  }

  /** Sends what there is room for. */
  resume(): void {
    while (this.#waiting.size > 0 && this.#window > 0) {
      let sent = false;
      for (const stream of this.#waiting) {
        if (this.#outBytes + this.#options.socketBytes() > socketBytesMax) return;
        if (stream.sendWindow > 0 && this.#window > 0) {
          this.#sendSome(stream);
          sent = true;
        }
      }
      if (!sent) return;
    }
  }

  #sendSome(stream: Http2Stream): void {
    const queue = stream.queue as Uint8Array[];
    const first = queue[0] as Uint8Array;
    const room = Math.min(framePayloadMax, stream.sendWindow, this.#window);
    const length = Math.min(room, first.length - stream.queueAt);
    const frame = Buffer.allocUnsafe(frameHeaderBytes + length);
    const at = putFrameHeader(frame, 0, {
      length,
      type: FrameType.Data,
      flags: 0,
      stream: stream.id,
    });
    frame.set(first.subarray(stream.queueAt, stream.queueAt + length), at);
    stream.queueAt += length;
    stream.sendWindow -= length;
    this.#window -= length;
    this.frame(frame);
    if (stream.queueAt < first.length) return;
    queue.shift();
    stream.queueAt = 0;
    if (queue.length > 0) return;
    stream.queue = null;
    this.#waiting.delete(stream);
    if (stream.status !== null) this.#status(stream, stream.status);
  }

  #status(stream: Http2Stream, status: AnswerStatus): void {
    const block = stream.headersSent
      ? this.headerWriter.trailers(status)
      : this.headerWriter.trailersOnly(status);
    stream.headersSent = true;
    this.#block(stream.id, block, Flag.EndStream);
    this.#ended(stream);
  }

  /** RFC 9113, 8.1: who is still sending is told that nobody listens. */
  #ended(stream: Http2Stream): void {
    if (!stream.remoteEnded) this.frame(rstStreamFrame(stream.id, ErrorCode.None));
    this.#options.done(stream);
  }

  /** A header block as one frame, or as many as it takes. */
  #block(id: number, block: readonly number[], flags: number): void {
    if (block.length <= framePayloadMax) {
      const frame = Buffer.allocUnsafe(frameHeaderBytes + block.length);
      putHeaders(frame, 0, id, block, flags | Flag.EndHeaders);
      this.frame(frame);
      return;
    }
    for (let from = 0; from < block.length; from += framePayloadMax) {
      const part = Buffer.from(block.slice(from, from + framePayloadMax));
      const frame = Buffer.allocUnsafe(frameHeaderBytes + part.length);
      const last = from + framePayloadMax >= block.length;
      const at = putFrameHeader(frame, 0, {
        length: part.length,
        type: from === 0 ? FrameType.Headers : FrameType.Continuation,
        flags: (from === 0 ? flags : 0) | (last ? Flag.EndHeaders : 0),
        stream: id,
      });
      frame.set(part, at);
      this.frame(frame);
    }
  }
}

function putHeaders(
  to: Buffer,
  at: number,
  stream: number,
  block: readonly number[],
  flags: number,
): number {
  const { length } = block;
  const from = putFrameHeader(to, at, { length, type: FrameType.Headers, flags, stream });
  for (let index = 0; index < length; index++) to[from + index] = block[index] as number;
  return from + length;
}

function putPrefix(to: Buffer, at: number, length: number): number {
  to[at] = 0;
  to.writeUInt32BE(length, at + 1);
  return at + messagePrefixBytes;
}
