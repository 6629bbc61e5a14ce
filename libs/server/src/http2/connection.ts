// One HTTP/2 connection of a server (RFC 9113): bytes in, streams out. No I/O of its own: it is handed what the socket
// delivered, and what it has to say is taken from it.
//
// C1. A peer's mistake ends its stream or its connection, as the RFC has it; nothing that a peer sends throws out of here.
// C2. What a peer may make us hold is bounded: a frame, a header block, the windows that we give, and the streams that
//     are open at once. What it may make us do for nothing draws on a budget (calm.ts).
// C3. After `drain` no new stream is taken; those that are open go on.

import { Calm } from './calm.ts';
import { ConnectionFault, type Frame, FrameReader, unpadded } from './frame-reader.ts';
import {
  defaultWindow,
  ErrorCode,
  Flag,
  FrameType,
  frameOf,
  goAwayFrame,
  Setting,
  settingsFrame,
  streamFrames,
  windowUpdateFrame,
} from './frames.ts';
import { HpackDecoder, HpackFault } from './hpack-decoder.ts';
import { settingsOf } from './peer-settings.ts';
import type { RequestFields } from './request.ts';
import { Sender } from './sender.ts';
import type { Http2Stream, StreamReceiver } from './stream.ts';
import { StreamTable, streamWindow } from './stream-table.ts';

export interface ConnectionOptions {
  /** Calls at once; further ones are refused, and clients try them again by themselves. */
  readonly streamsMax: number;
  readonly nowMs: () => number;
  /** A request has begun. Null: it has been answered. `ended`: there is nothing but fields. */
  readonly open: (
    stream: Http2Stream,
    request: RequestFields,
    ended: boolean,
  ) => StreamReceiver | null;
  /** There is something to take; told once until it is taken. */
  readonly dirty: () => void;
  /** Bytes written to the socket that it has not got rid of. */
  readonly socketBytes: () => number;
}

const connectionWindow = 1024 * 1024;
const listBytesMax = 64 * 1024;
const blockBytesMax = 64 * 1024;
const continuationsMax = 32;
/** Resets and the like: at once, and a second. Workers that leave take back some thousand polls at once. */
const calmBurst = 20_000;
const calmPerSecond = 2_000;

export class Http2Connection {
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader();
  readonly #hpack = new HpackDecoder(listBytesMax);
  readonly #sender: Sender;
  readonly #calm: Calm;
  readonly #streams: StreamTable;
  #settled = false;
  #receiveWindow = connectionWindow;
  /** A header block that is not complete. */
  #block: { stream: number; ended: boolean; parts: Buffer[]; bytes: number } | null = null;
  #closed = false;
  #heardMs: number;
  #pingedMs: number | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#heardMs = options.nowMs();
    this.#calm = new Calm(calmBurst, calmPerSecond, this.#heardMs);
    const { dirty, socketBytes } = options;
    const done = (stream: Http2Stream): void => this.#streams.done(stream);
    this.#sender = new Sender({ dirty, socketBytes, done });
    this.#streams = new StreamTable({
      streamsMax: options.streamsMax,
      open: options.open,
      sender: this.#sender,
      spend: (cost) => this.#spend(cost),
    });
  }

  /** Says what every server says first. */
  begin(): void {
    this.#sender.frame(
      settingsFrame([
        [Setting.MaxConcurrentStreams, this.#options.streamsMax],
        [Setting.InitialWindowSize, streamWindow],
        [Setting.MaxHeaderListSize, listBytesMax],
      ]),
    );
    this.#sender.frame(windowUpdateFrame(0, connectionWindow - defaultWindow));
  }

  /** Nothing more is to be read; when all is taken, the socket is to be closed. */
  get closed(): boolean {
    return this.#closed || (this.#streams.draining && this.#streams.size === 0);
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /** The peer has not yet said what every client says first. */
  get isNew(): boolean {
    return !this.#settled;
  }

  take(): Buffer | null {
    return this.#sender.take();
  }

  /** The socket has room again. */
  resume(): void {
    this.#sender.resume();
  }

  receive(chunk: Buffer): void {
    if (this.#closed) return;
    this.#heardMs = this.#options.nowMs();
    try {
      this.#reader.push(chunk, this.#take);
    } catch (error) {
      if (error instanceof ConnectionFault) this.#fail(error.code, error.message);
      else if (error instanceof HpackFault) this.#fail(ErrorCode.Compression, error.message);
      else throw error;
    }
  }

  /** The socket has gone. */
  lost(): void {
    this.#closed = true;
    this.#streams.lost();
  }

  /** Ends what is open. */
  cutOff(): void {
    this.#streams.cutOff();
  }

  drain(): void {
    if (this.#streams.draining) return;
    this.#streams.draining = true;
    this.#sender.frame(goAwayFrame(this.#streams.last, ErrorCode.None, ''));
  }

  /** Pings a peer that has been silent for so long; false when it has not answered a ping in time. */
  keepAlive(silentMs: number, answerMs: number): boolean {
    const nowMs = this.#options.nowMs();
    if (this.#pingedMs !== null && this.#heardMs < this.#pingedMs)
      return nowMs - this.#pingedMs < answerMs;
    if (nowMs - this.#heardMs < silentMs) return true;
    this.#pingedMs = nowMs;
    this.#sender.frame(frameOf(FrameType.Ping, 0, 0, Buffer.alloc(8)));
    return true;
  }

  readonly #take = (frame: Frame): boolean => {
    this.#frame(frame);
    return !this.#closed;
  };

  #frame(frame: Frame): void {
    const { type, stream } = frame;
    if (this.#block !== null && type !== FrameType.Continuation)
      throw new ConnectionFault(ErrorCode.Protocol, 'a header block is not complete');
    if (!this.#settled && (type !== FrameType.Settings || (frame.flags & Flag.Ack) !== 0))
      throw new ConnectionFault(ErrorCode.Protocol, 'the first frame is not SETTINGS');
    const needsStream = streamFrames.get(type);
    if (needsStream !== undefined && needsStream !== stream > 0)
      throw new ConnectionFault(ErrorCode.Protocol, `frame ${type} on stream ${stream}`);
    switch (type) {
      case FrameType.Data:
        return this.#data(frame);
      case FrameType.Headers:
        return this.#headers(frame);
      case FrameType.Continuation:
        return this.#continuation(frame);
      case FrameType.RstStream:
        return this.#reset(frame);
      case FrameType.WindowUpdate:
        return this.#windowUpdate(frame);
      case FrameType.Settings:
        return this.#settings(frame);
      case FrameType.Ping:
        return this.#ping(frame);
      case FrameType.Priority:
        return this.#priority(frame);
      case FrameType.PushPromise:
        throw new ConnectionFault(ErrorCode.Protocol, 'a client does not push');
      case FrameType.GoAway:
        return;
    }
    this.#spend(1);
  }

  #headers(frame: Frame): void {
    const { stream, flags, bytes } = frame;
    const { from: padded, to } = unpadded(frame);
    let from = padded;
    if ((flags & Flag.Priority) !== 0) {
      if (to - from < 5) throw new ConnectionFault(ErrorCode.FrameSize, 'a short HEADERS');
      if ((bytes.readUInt32BE(from) & 0x7fffffff) === stream)
        throw new ConnectionFault(ErrorCode.Protocol, 'a stream that depends on itself');
      from += 5;
    }
    const ended = (flags & Flag.EndStream) !== 0;
    if ((flags & Flag.EndHeaders) !== 0) {
      this.#streams.fields(stream, ended, this.#hpack.decode(bytes.subarray(from, to)));
      return;
    }
    const part = Buffer.from(bytes.subarray(from, to));
    this.#block = { stream, ended, parts: [part], bytes: part.length };
  }

  #continuation({ stream, flags, bytes, from, to }: Frame): void {
    const block = this.#block;
    if (block === null || block.stream !== stream)
      throw new ConnectionFault(ErrorCode.Protocol, 'a CONTINUATION of nothing');
    block.parts.push(Buffer.from(bytes.subarray(from, to)));
    block.bytes += to - from;
    if (block.bytes > blockBytesMax || block.parts.length > continuationsMax)
      throw new ConnectionFault(ErrorCode.EnhanceYourCalm, 'a header block too long');
    if ((flags & Flag.EndHeaders) === 0) return;
    this.#block = null;
    this.#streams.fields(stream, block.ended, this.#hpack.decode(Buffer.concat(block.parts)));
  }

  #settings({ flags, bytes, from, to }: Frame): void {
    if ((flags & Flag.Ack) !== 0) {
      if (to > from) throw new ConnectionFault(ErrorCode.FrameSize, 'a full SETTINGS ACK');
      return;
    }
    this.#settled = true;
    this.#spend(1 + this.#streams.size / 64);
    const { initialWindow, headerTableSize } = settingsOf(bytes.subarray(from, to));
    // Before what it makes room for.
    this.#sender.frame(frameOf(FrameType.Settings, Flag.Ack, 0, Buffer.alloc(0)));
    if (headerTableSize !== null) this.#sender.headerWriter.tableSize(headerTableSize);
    if (initialWindow !== null) this.#streams.peerWindowIs(initialWindow);
  }

  #ping({ flags, bytes, from, to }: Frame): void {
    if (to - from !== 8) throw new ConnectionFault(ErrorCode.FrameSize, 'a PING of no size');
    if ((flags & Flag.Ack) !== 0) return;
    this.#spend(1);
    this.#sender.frame(frameOf(FrameType.Ping, Flag.Ack, 0, bytes.subarray(from, to)));
  }

  #priority({ stream, bytes, from, to }: Frame): void {
    this.#spend(1);
    if (to - from !== 5) throw new ConnectionFault(ErrorCode.FrameSize, 'a PRIORITY of no size');
    if ((bytes.readUInt32BE(from) & 0x7fffffff) === stream)
      throw new ConnectionFault(ErrorCode.Protocol, 'a stream that depends on itself');
  }

  #spend(cost: number): void {
    if (!this.#calm.spend(cost, this.#heardMs))
      throw new ConnectionFault(ErrorCode.EnhanceYourCalm, 'too many frames that ask for nothing');
  }

  #data(frame: Frame): void {
    const length = frame.to - frame.from;
    this.#receiveWindow -= length;
    if (this.#receiveWindow < 0)
      throw new ConnectionFault(ErrorCode.FlowControl, 'more bytes than the window holds');
    if (this.#receiveWindow < connectionWindow / 2) {
      this.#sender.frame(windowUpdateFrame(0, connectionWindow - this.#receiveWindow));
      this.#receiveWindow = connectionWindow;
    }
    const { from, to } = unpadded(frame);
    const ended = (frame.flags & Flag.EndStream) !== 0;
    this.#streams.data(frame.stream, frame.bytes.subarray(from, to), length, ended);
  }

  #windowUpdate({ stream, bytes, from, to }: Frame): void {
    if (to - from !== 4)
      throw new ConnectionFault(ErrorCode.FrameSize, 'a WINDOW_UPDATE of no size');
    const increment = bytes.readUInt32BE(from) & 0x7fffffff;
    this.#spend(this.#sender.waitingStreams / 64);
    if (stream > 0) this.#streams.widen(stream, increment);
    else if (increment === 0) throw new ConnectionFault(ErrorCode.Protocol, 'a window of nothing');
    else if (!this.#sender.widen(increment))
      throw new ConnectionFault(ErrorCode.FlowControl, 'a window too large');
  }

  #reset({ stream, from, to }: Frame): void {
    if (to - from !== 4) throw new ConnectionFault(ErrorCode.FrameSize, 'a RST_STREAM of no size');
    this.#streams.reset(stream);
  }

  #fail(code: number, text: string): void {
    if (this.#reader.begun) this.#sender.frame(goAwayFrame(this.#streams.last, code, text));
    this.lost();
  }
}
