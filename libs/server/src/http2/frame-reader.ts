// Cuts what a socket delivers into frames. Holds no more than one frame that is incomplete.

import { ErrorCode, Flag, frameHeaderBytes, framePayloadMax, preface } from './frames.ts';

/** A frame; its payload is `bytes[from, to)`, valid during the call only. */
export interface Frame {
  type: number;
  flags: number;
  stream: number;
  bytes: Buffer;
  from: number;
  to: number;
}

/** Why the connection cannot go on. */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export class FrameReader {
  #pending: Buffer | null = null;
  #begun = false;
  /** One object for all frames. */
  readonly #frame: Frame = {
    type: 0,
    flags: 0,
    stream: 0,
    bytes: Buffer.alloc(0),
    from: 0,
    to: 0,
  };

  /** The peer has begun as HTTP/2 clients do. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Throws ConnectionFault. `take` answers false to stop. */
  push(chunk: Buffer, take: (frame: Frame) => boolean): void {
    const bytes = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = null;
    let at = this.#begun ? 0 : this.#begin(bytes);
    const frame = this.#frame;
    while (this.#begun && bytes.length - at >= frameHeaderBytes) {
      const length = bytes.readUIntBE(at, 3);
      if (length > framePayloadMax)
        throw new ConnectionFault(ErrorCode.FrameSize, `a frame of ${length} bytes`);
      const end = at + frameHeaderBytes + length;
      if (end > bytes.length) break;
      frame.type = bytes[at + 3] as number;
      frame.flags = bytes[at + 4] as number;
      frame.stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      frame.bytes = bytes;
      frame.from = at + frameHeaderBytes;
      frame.to = end;
      at = end;
      if (!take(frame)) return;
    }
    // A copy, so that the rest does not keep the whole chunk.
    if (at < bytes.length) this.#pending = Buffer.from(bytes.subarray(at));
  }

  /** Where the first frame begins, once the preface is complete. */
  #begin(bytes: Buffer): number {
    const length = Math.min(bytes.length, preface.length);
    if (preface.compare(bytes, 0, length, 0, length) !== 0)
      throw new ConnectionFault(ErrorCode.Protocol, 'this is not HTTP/2');
    if (length < preface.length) return 0;
    this.#begun = true;
    return length;
  }
}

/** Where the payload lies without its padding. */
export function unpadded({ flags, bytes, from, to }: Frame): { from: number; to: number } {
  if ((flags & Flag.Padded) === 0) return { from, to };
  const padding = bytes[from];
  if (from === to || padding === undefined || padding >= to - from)
    throw new ConnectionFault(ErrorCode.Protocol, 'a frame of padding');
  return { from: from + 1, to: to - padding };
}
