// One call with many messages over our own HTTP/2.

import { RejectionError } from '@perdure/kernel';
import { type Encoding, MessageReader, unpack } from './grpc-message.ts';
import { plainStatus, statusOf } from './grpc-status.ts';
import type { StreamingCall, StreamingMethod, StreamingReceiver } from './grpc-streaming.ts';
import type { ServerShare } from './grpc-unary.ts';
import { okStatus } from './http2/header-writer.ts';
import type { Http2Stream, StreamReceiver } from './http2/stream.ts';

export class StreamCall implements StreamingCall, StreamReceiver {
  readonly #stream: Http2Stream;
  readonly #encoding: Encoding;
  readonly #reader: MessageReader;
  readonly #receiver: StreamingReceiver;
  #over = false;
  /** Messages are handed on in their order, though a large one is unpacked off this thread. */
  #previous: Promise<void> | null = null;

  constructor(
    share: ServerShare,
    stream: Http2Stream,
    method: StreamingMethod,
    encoding: Encoding,
  ) {
    this.#stream = stream;
    this.#encoding = encoding;
    this.#reader = new MessageReader(share.held);
    this.#receiver = method.open(this);
  }

  data(bytes: Buffer, ended: boolean): void {
    if (this.#over) return;
    try {
      for (const message of this.#reader.push(bytes)) {
        const whole = unpack(message, this.#encoding);
        if (whole instanceof Promise || this.#previous !== null)
          this.#after(async () => this.#receiver.message(await whole));
        else this.#receiver.message(whole);
      }
      if (!ended) return;
      if (this.#previous === null) this.#receiver.ended();
      else this.#after(() => this.#receiver.ended());
    } catch (error) {
      this.#fail(error);
    }
  }

  reset(): void {
    if (this.#over) return;
    this.#finish();
    this.#receiver.cancelled();
  }

  /** The server ends before the call does. */
  cutOff(): void {
    if (this.#over) return;
    this.end(unavailable, 'The server is shutting down.');
    this.#receiver.cancelled();
  }

  send(message: Uint8Array): void {
    if (!this.#over) this.#stream.send(message);
  }

  end(code = 0, message = ''): void {
    if (this.#over) return;
    this.#finish();
    this.#stream.end(code === 0 ? okStatus : plainStatus(code, message));
  }

  #after(step: () => void | Promise<void>): void {
    const previous = this.#previous ?? Promise.resolve();
    this.#previous = previous.then(step).catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#finish();
    this.#stream.end(
      error instanceof RejectionError
        ? statusOf(error)
        : plainStatus(internal, 'something went wrong'),
    );
    this.#receiver.cancelled();
  }

  #finish(): void {
    this.#over = true;
    this.#reader.drop();
  }
}

const internal = 13;
const unavailable = 14;
