// One unary call over our own HTTP/2: its message is put together, its method is asked, its answer leaves.
//
// D3 is kept here: a delivery that finds its call cancelled is told so, because nothing was written. What was handed to
// the stream counts as written.

import type { Delivery, PublicCall, PublicMethod } from '@perdure/frontend';
import { RejectionError, reject } from '@perdure/kernel';
import type { Deadlines } from './deadlines.ts';
import { type Encoding, MessageReader, type PackedMessage, unpack } from './grpc-message.ts';
import { isLimit, plainStatus, statusOf } from './grpc-status.ts';
import { fieldOf } from './http2/request.ts';
import type { Http2Stream, StreamReceiver } from './http2/stream.ts';
import type { BrakedConnection } from './refusal-brake.ts';

/** What all calls of a server share. */
export interface ServerShare {
  readonly deadlines: Deadlines;
  /** Bytes of messages that are not complete. */
  readonly held: { bytes: number };
  /** Calls whose message is not complete. */
  readonly incomplete: Set<IncompleteCall>;
}

export interface IncompleteCall {
  readonly begunMs: number;
  /** It has had its time. */
  giveUp(): void;
}

/** Bytes of incomplete messages that a server holds at once; who wants more is refused. */
const heldBytesMax = 256 * 1024 * 1024;
const deadlineExceeded = 4;

/** Parked by the thousand: this object, its stream, and one closure only while somebody waits for its end. */
export class UnaryCall implements PublicCall, StreamReceiver, IncompleteCall {
  readonly deadlineMs: number | null;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly supportedFeatures: string;
  readonly supportedServerVersions: string;
  /** Set by the frontend when it is known. */
  namespace = '';
  readonly begunMs: number;
  readonly #share: ServerShare;
  readonly #stream: Http2Stream;
  readonly #handle: PublicMethod['handle'];
  readonly #connection: BrakedConnection;
  readonly #encoding: Encoding;
  readonly #fields: readonly string[];
  #reader: MessageReader | null = null;
  #message: PackedMessage | null = null;
  #gone = false;
  #answered = false;
  #bucket = 0;
  #listeners: (() => void)[] | null = null;

  constructor(
    share: ServerShare,
    stream: Http2Stream,
    request: {
      readonly handle: PublicMethod['handle'];
      readonly connection: BrakedConnection;
      readonly encoding: Encoding;
      readonly deadlineMs: number | null;
      readonly nowMs: number;
      readonly fields: readonly string[];
    },
  ) {
    this.#share = share;
    this.#stream = stream;
    this.#handle = request.handle;
    this.#connection = request.connection;
    this.#encoding = request.encoding;
    this.begunMs = request.nowMs;
    this.deadlineMs = request.deadlineMs;
    this.#fields = request.fields;
    this.clientName = fieldOf(request.fields, 'client-name');
    this.clientVersion = fieldOf(request.fields, 'client-version');
    this.supportedFeatures = fieldOf(request.fields, 'supported-features');
    this.supportedServerVersions = fieldOf(request.fields, 'supported-server-versions');
    if (this.deadlineMs !== null) this.#bucket = share.deadlines.add(this, this.deadlineMs);
  }

  cancelled(): boolean {
    return this.#gone;
  }

  metadata(name: string): string | undefined {
    return fieldOf(this.#fields, name) || undefined;
  }

  onCancelled(listener: () => void): void {
    if (this.#gone) listener();
    else if (this.#listeners === null) this.#listeners = [listener];
    else this.#listeners.push(listener);
  }

  data(bytes: Buffer, ended: boolean): void {
    if (this.#answered || this.#gone) return;
    try {
      this.#read(bytes, ended);
    } catch (error) {
      this.#refuse(error);
    }
  }

  reset(): void {
    if (this.#answered || this.#gone) return;
    this.#leave();
  }

  expire(): void {
    if (this.#answered || this.#gone) return;
    this.#leave();
    this.#stream.end(plainStatus(deadlineExceeded, 'Deadline exceeded'));
  }

  giveUp(): void {
    const message = 'The request did not arrive in time.';
    this.#refuse(new RejectionError(reject('DEADLINE_EXCEEDED', message)));
  }

  /** The server ends before the call does. */
  cutOff(): void {
    if (this.#answered || this.#gone) return;
    this.#leave();
    const ending = new RejectionError(reject('UNAVAILABLE', 'The server is shutting down.'));
    this.#stream.end(statusOf(ending));
  }

  #read(bytes: Buffer, ended: boolean): void {
    if (bytes.length > 0) {
      this.#reader ??= new MessageReader(this.#share.held);
      for (const message of this.#reader.push(bytes)) {
        if (this.#message !== null) throw cardinality();
        this.#message = message;
      }
      if (this.#share.held.bytes > heldBytesMax) throw overloaded();
    }
    if (!ended) {
      this.#share.incomplete.add(this);
      return;
    }
    const message = this.#message;
    if (message === null || this.#reader?.empty === false) throw cardinality();
    this.#arrived();
    const request = unpack(message, this.#encoding);
    if (request instanceof Promise) void request.then((whole) => this.#ask(whole), this.#failed);
    else this.#ask(request);
  }

  /** Nothing of the message is needed any more. */
  #arrived(): void {
    this.#reader?.drop();
    this.#reader = null;
    this.#message = null;
    this.#share.incomplete.delete(this);
  }

  #ask(request: Buffer): void {
    if (this.#gone) return;
    this.#handle(request, this).then(this.#succeeded, this.#failed);
  }

  readonly #succeeded = (answer: Uint8Array | Delivery): void => {
    if (this.#beginAnswer())
      this.#stream.answer(answer instanceof Uint8Array ? answer : answer.bytes);
    else if (!(answer instanceof Uint8Array)) answer.notDelivered();
  };

  readonly #failed = (error: unknown): void => {
    if (isLimit(error)) this.#connection.refused();
    if (this.#beginAnswer()) this.#stream.end(statusOf(error));
  };

  #refuse(error: unknown): void {
    this.#arrived();
    this.#failed(error);
  }

  /** The answer is on its way; false when nobody is there to take it. */
  #beginAnswer(): boolean {
    if (this.#gone || this.#answered) return false;
    this.#answered = true;
    this.#forgetDeadline();
    return true;
  }

  #leave(): void {
    this.#gone = true;
    this.#arrived();
    this.#forgetDeadline();
    const listeners = this.#listeners;
    this.#listeners = null;
    for (const listener of listeners ?? []) listener();
  }

  #forgetDeadline(): void {
    if (this.deadlineMs !== null) this.#share.deadlines.remove(this, this.#bucket);
  }
}

function cardinality(): RejectionError {
  return new RejectionError(reject('UNIMPLEMENTED', 'The method takes exactly one message.'));
}

function overloaded(): RejectionError {
  const message = 'Too many large requests are on their way to this server.';
  const cause = 'SYSTEM_OVERLOADED';
  return new RejectionError(
    reject('RESOURCE_EXHAUSTED', message, { kind: 'resourceExhausted', cause }),
  );
}
