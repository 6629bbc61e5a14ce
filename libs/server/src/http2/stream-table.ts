// The streams of one connection: how they begin, what arrives on them, how they end (RFC 9113, section 5).

import { ConnectionFault } from './frame-reader.ts';
import {
  defaultWindow,
  ErrorCode,
  rstStreamFrame,
  windowMax,
  windowUpdateFrame,
} from './frames.ts';
import type { HeaderBlock } from './hpack-decoder.ts';
import { areTrailers, type RequestFields, requestOf } from './request.ts';
import type { Sender } from './sender.ts';
import { Http2Stream, type StreamReceiver } from './stream.ts';

/** Bytes that a peer may send on a stream before it hears from us. */
export const streamWindow: number = 256 * 1024;
/** Streams that we have ended before their peer had, for whose last frames we do not blame it. */
const cutOffKept = 1_024;
const fieldsTooLarge = 431;

export interface StreamTableOptions {
  readonly streamsMax: number;
  readonly open: (
    stream: Http2Stream,
    request: RequestFields,
    ended: boolean,
  ) => StreamReceiver | null;
  readonly sender: Sender;
  /** Draws on the peer's budget; throws ConnectionFault when it is spent. */
  readonly spend: (cost: number) => void;
}

export class StreamTable {
  /** No new stream is taken (C3). */
  draining = false;
  readonly #options: StreamTableOptions;
  readonly #sender: Sender;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #cutOff = new Set<number>();
  #last = 0;
  #peerWindow = defaultWindow;

  constructor(options: StreamTableOptions) {
    this.#options = options;
    this.#sender = options.sender;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Highest id of a stream that has begun. */
  get last(): number {
    return this.#last;
  }

  /** A complete header block. */
  fields(id: number, ended: boolean, list: HeaderBlock): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined) this.#trailers(stream, ended, list);
    else if (id <= this.#last) {
      if (!this.#cutOff.has(id))
        throw new ConnectionFault(ErrorCode.StreamClosed, `stream ${id} is closed`);
    } else if (id % 2 === 0)
      throw new ConnectionFault(ErrorCode.Protocol, `stream ${id} is not a client's`);
    else this.#open(id, ended, list);
  }

  #open(id: number, ended: boolean, { fields, tooLarge }: HeaderBlock): void {
    this.#last = id;
    if (this.draining || this.#streams.size >= this.#options.streamsMax) {
      this.#refuse(id, ErrorCode.RefusedStream);
      return;
    }
    const request = tooLarge ? null : requestOf(fields);
    const lacksBody = ended && (request?.contentLength ?? 0) > 0;
    if ((request === null && !tooLarge) || lacksBody) {
      this.#refuse(id, ErrorCode.Protocol);
      return;
    }
    const stream = new Http2Stream(this.#sender, id, {
      sendWindow: this.#peerWindow,
      receiveWindow: streamWindow,
      remoteEnded: ended,
    });
    if (request !== null && request.contentLength !== null) {
      stream.bytesLeft = request.contentLength;
    }
    this.#streams.set(id, stream);
    if (request === null) stream.refuse(fieldsTooLarge);
    else stream.receiver = this.#options.open(stream, request, ended);
  }

  #trailers(stream: Http2Stream, ended: boolean, { fields }: HeaderBlock): void {
    if (stream.remoteEnded) this.#resetStream(stream, ErrorCode.StreamClosed);
    else if (!ended || !areTrailers(fields)) this.#resetStream(stream, ErrorCode.Protocol);
    else {
      stream.remoteEnded = true;
      stream.receiver?.data(Buffer.alloc(0), true);
    }
  }

  /** `length` counts the padding too. */
  data(id: number, bytes: Buffer, length: number, ended: boolean): void {
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.remoteEnded) {
      this.#lateFrame(id);
      return;
    }
    if (length === 0 && !ended) this.#options.spend(1);
    stream.receiveWindow -= length;
    stream.bytesLeft -= bytes.length;
    if (stream.receiveWindow < 0) {
      this.#resetStream(stream, ErrorCode.FlowControl);
      return;
    }
    if (stream.bytesLeft < 0 || (ended && stream.bytesLeft > 0 && stream.bytesLeft < Infinity)) {
      this.#resetStream(stream, ErrorCode.Protocol);
      return;
    }
    stream.remoteEnded = ended;
    stream.receiver?.data(bytes, ended);
    if (ended || stream.localEnded || stream.receiveWindow > streamWindow / 2) return;
    this.#sender.frame(windowUpdateFrame(id, streamWindow - stream.receiveWindow));
    stream.receiveWindow = streamWindow;
  }

  reset(id: number): void {
    if (id > this.#last)
      throw new ConnectionFault(ErrorCode.Protocol, `stream ${id} has not begun`);
    this.#options.spend(1);
    const stream = this.#streams.get(id);
    if (stream !== undefined) this.#drop(stream);
  }

  /** The peer takes more bytes of the stream. */
  widen(id: number, increment: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) {
      if (id > this.#last)
        throw new ConnectionFault(ErrorCode.Protocol, `stream ${id} has not begun`);
      return;
    }
    stream.sendWindow += increment;
    if (increment === 0) this.#resetStream(stream, ErrorCode.Protocol);
    else if (stream.sendWindow > windowMax) this.#resetStream(stream, ErrorCode.FlowControl);
    else if (stream.queue !== null) this.#sender.resume();
  }

  /** The peer's INITIAL_WINDOW_SIZE: of streams to come, and the difference of those that are open. */
  peerWindowIs(window: number): void {
    const change = window - this.#peerWindow;
    this.#peerWindow = window;
    for (const stream of this.#streams.values()) {
      stream.sendWindow += change;
      if (stream.sendWindow > windowMax)
        throw new ConnectionFault(ErrorCode.FlowControl, 'a window too large');
    }
    if (change > 0) this.#sender.resume();
  }

  /** The last frame of our answer is out. */
  done(stream: Http2Stream): void {
    if (!stream.remoteEnded) this.#cutOffAt(stream.id);
    this.#streams.delete(stream.id);
  }

  /** The connection has gone. */
  lost(): void {
    for (const stream of this.#streams.values()) this.#drop(stream);
  }

  /** Ends what is open. */
  cutOff(): void {
    for (const stream of this.#streams.values()) stream.receiver?.cutOff();
  }

  /** On a stream that has ended: the peer may not have known. */
  #lateFrame(id: number): void {
    if (id > this.#last)
      throw new ConnectionFault(ErrorCode.Protocol, `stream ${id} has not begun`);
    this.#options.spend(1);
    if (this.#cutOff.has(id)) return;
    const stream = this.#streams.get(id);
    if (stream !== undefined) this.#resetStream(stream, ErrorCode.StreamClosed);
    else this.#sender.frame(rstStreamFrame(id, ErrorCode.StreamClosed));
  }

  #refuse(id: number, code: number): void {
    this.#options.spend(1);
    this.#cutOffAt(id);
    this.#sender.frame(rstStreamFrame(id, code));
  }

  #resetStream(stream: Http2Stream, code: number): void {
    this.#options.spend(1);
    this.#cutOffAt(stream.id);
    this.#sender.frame(rstStreamFrame(stream.id, code));
    this.#drop(stream);
  }

  /** The stream ends without an answer. */
  #drop(stream: Http2Stream): void {
    const { localEnded } = stream;
    this.#streams.delete(stream.id);
    this.#sender.forget(stream);
    // Who has answered in full does not care whether the last byte left.
    if (!localEnded) stream.receiver?.reset();
  }

  #cutOffAt(id: number): void {
    this.#cutOff.add(id);
    if (this.#cutOff.size <= cutOffKept) return;
    for (const oldest of this.#cutOff) {
      this.#cutOff.delete(oldest);
      return;
    }
  }
}
