// One public call as grpc-js carries it: what the services may know of it, and how it is answered.
//
// D3 is kept here: a delivery that finds its call cancelled is told so, because nothing was written. What was handed
// to grpc-js counts as written.

import {
  Metadata,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import type { Delivery, PublicCall, PublicMethod } from '@perdure/frontend';
import { type Rejection, RejectionError, usPerMs } from '@perdure/kernel';
import type { Clock } from '@perdure/ports';
import { encodeStatus, statusNumbers } from '@perdure/wire';
import type { StreamingMethod } from './grpc-streaming.ts';

type UnaryCall = ServerUnaryCall<Buffer, Buffer>;

/** Parked by the thousand: one object, and one closure only while somebody waits for its end. */
class GrpcCall implements PublicCall {
  readonly deadlineMs: number | null;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly supportedFeatures: string;
  readonly supportedServerVersions: string;
  namespace = '';
  readonly #call: UnaryCall;
  #answered = false;

  constructor(call: UnaryCall, clock: Clock) {
    // grpc-js has made a wall time of the time that is left; the services count by process time (L10).
    const leftMs = Number(call.getDeadline()) - Date.now();
    this.deadlineMs = Number.isFinite(leftMs) ? clock.nowUs() / usPerMs + leftMs : null;
    this.clientName = headerOf(call, 'client-name');
    this.clientVersion = headerOf(call, 'client-version');
    this.supportedFeatures = headerOf(call, 'supported-features');
    this.supportedServerVersions = headerOf(call, 'supported-server-versions');
    this.#call = call;
  }

  metadata(name: string): string | undefined {
    return headerOf(this.#call, name) || undefined;
  }

  cancelled(): boolean {
    return this.#call.cancelled && !this.#answered;
  }

  /** grpc-js says "cancelled" of an answered call too. */
  onCancelled(listener: () => void): void {
    if (this.cancelled()) listener();
    else this.#call.once('cancelled', () => this.#answered || listener());
  }

  /** The answer is on its way; false when nobody is there to take it. */
  beginAnswer(): boolean {
    if (this.#call.cancelled) return false;
    this.#answered = true;
    return true;
  }
}

function headerOf(call: UnaryCall, name: string): string {
  const value = call.metadata.get(name)[0];
  return typeof value === 'string' ? value : '';
}

/** What grpc-js calls for the method. */
export function unaryHandler({ handle }: PublicMethod, clock: Clock) {
  return (call: UnaryCall, callback: sendUnaryData<Buffer>): void => {
    const context = new GrpcCall(call, clock);
    handle(call.request, context).then(
      (answer) => {
        if (context.beginAnswer()) callback(null, asBuffer(bytesOf(answer)));
        else if (!(answer instanceof Uint8Array)) answer.notDelivered();
      },
      (error: unknown) => {
        if (context.beginAnswer()) callback(statusOf(error));
      },
    );
  };
}

/** The same of a method with many messages. */
export function streamingHandler(method: StreamingMethod) {
  return (call: ServerDuplexStream<Buffer, Buffer>): void => {
    const receiver = method.open({
      send: (message) => call.write(asBuffer(message)),
      end: (code = status.OK, details = '') => {
        if (code === status.OK) call.end();
        else call.emit('error', { code, details });
      },
    });
    call.on('data', (message: Buffer) => receiver.message(message));
    call.on('end', () => receiver.ended());
    call.on('cancelled', () => receiver.cancelled());
  };
}

const bytesOf = (answer: Uint8Array | Delivery): Uint8Array =>
  answer instanceof Uint8Array ? answer : answer.bytes;

/** The same memory under the class that grpc-js wants. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface StatusAnswer {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** A rejection with its typed details in the trailer. A message of broken Unicode would end the call in grpc-js. */
function statusOf(error: unknown): StatusAnswer {
  if (!(error instanceof RejectionError))
    return { code: status.INTERNAL, details: 'something went wrong' };
  const rejection = { ...error.rejection, message: error.rejection.message.toWellFormed() };
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', trailerOf(error.rejection, rejection));
  return { code: statusNumbers[rejection.code], details: rejection.message, metadata };
}

/** Of rejections that are made once and given to many: their trailers. */
const trailers = new WeakMap<Rejection, Buffer>();

function trailerOf(original: Rejection, sent: Rejection): Buffer {
  const shared = original.detail?.kind === 'resourceExhausted';
  const known = shared ? trailers.get(original) : undefined;
  if (known !== undefined) return known;
  const trailer = asBuffer(encodeStatus(sent));
  if (shared) trailers.set(original, trailer);
  return trailer;
}
