// One stream: what a connection knows of a call, and how its answer leaves.
//
// An answer that the windows have room for leaves at once, in one piece with its headers and trailers; the rest waits in
// the stream's queue until the peer makes room.

import type { AnswerStatus } from './header-writer.ts';

/** Who reads a stream. No method throws. */
export interface StreamReceiver {
  /** The bytes belong to the socket's buffer: copy what is kept. */
  data(bytes: Buffer, ended: boolean): void;
  /** The peer has gone, or has given up the call. */
  reset(): void;
  /** The server ends before the call does: the last chance to say so. */
  cutOff(): void;
}

/** What a stream needs of its connection. */
export interface StreamOutput {
  /** Headers, the message and the status; the last thing that is said on the stream. */
  answer(stream: Http2Stream, message: Uint8Array): void;
  headers(stream: Http2Stream): void;
  message(stream: Http2Stream, message: Uint8Array): void;
  finish(stream: Http2Stream, status: AnswerStatus): void;
  httpStatus(stream: Http2Stream, code: number): void;
}

export class Http2Stream {
  readonly id: number;
  /** Bytes that the peer takes; may be below zero when it has shrunk its window. */
  sendWindow: number;
  /** Bytes that the peer may send before it hears from us. */
  receiveWindow: number;
  /** Of the content-length that the peer announced; Infinity when it did not. */
  bytesLeft = Infinity;
  /** The peer has said all it had to say. */
  remoteEnded: boolean;
  /** Our last frame is queued or sent. */
  localEnded = false;
  headersSent = false;
  receiver: StreamReceiver | null = null;
  /** Message bytes that wait for room. */
  queue: Uint8Array[] | null = null;
  queueAt = 0;
  /** Follows the queue. */
  status: AnswerStatus | null = null;
  readonly #output: StreamOutput;

  constructor(
    output: StreamOutput,
    id: number,
    state: { sendWindow: number; receiveWindow: number; remoteEnded: boolean },
  ) {
    this.#output = output;
    this.id = id;
    this.sendWindow = state.sendWindow;
    this.receiveWindow = state.receiveWindow;
    this.remoteEnded = state.remoteEnded;
  }

  /** The whole answer of a unary call. */
  answer(message: Uint8Array): void {
    if (!this.localEnded) this.#output.answer(this, message);
  }

  /** One message of many. */
  send(message: Uint8Array): void {
    if (this.localEnded) return;
    if (!this.headersSent) this.#output.headers(this);
    this.#output.message(this, message);
  }

  /** Nothing more comes. */
  end(status: AnswerStatus): void {
    if (!this.localEnded) this.#output.finish(this, status);
  }

  /** For who did not ask in gRPC. */
  refuse(httpStatus: number): void {
    if (!this.localEnded) this.#output.httpStatus(this, httpStatus);
  }
}
