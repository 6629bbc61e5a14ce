// The largest message, refused in the words that clients look for.
//
// SDKs recognise "grpc: received message larger than max" (Go's words) and then give up instead of trying again
// (wire-contract 11.1); grpc-js says it differently. It refuses such a message on reading its length, before the
// message is read, and does so below every interceptor: hence the status is reworded where it is sent.

import { type ServerInterceptor, status } from '@grpc/grpc-js';

/** What a Go server takes, and so what clients are made for. */
export const messageBytesMax = 4 * 1024 * 1024;

const tooLarge = /^Received message larger than max \((\d+) vs\.? (\d+)\)/;
const tooLargeUnpacked = /^Received message that decompresses to a size larger than (\d+)/;

type BaseCall = Parameters<ServerInterceptor>[1];
type StatusObject = Parameters<BaseCall['sendStatus']>[0];

function reworded(sent: StatusObject): StatusObject {
  if (sent.code !== status.RESOURCE_EXHAUSTED) return sent;
  const text = sent.details ?? '';
  const [, size, max] = tooLarge.exec(text) ?? [];
  const unpackedMax = tooLargeUnpacked.exec(text)?.[1];
  if (size === undefined && unpackedMax === undefined) return sent;
  const sizes = size === undefined ? `decompressed vs. ${unpackedMax}` : `${size} vs. ${max}`;
  return { ...sent, details: `grpc: received message larger than max (${sizes})` };
}

function sendReworded(this: BaseCall, sent: StatusObject): void {
  const base = Object.getPrototypeOf(this) as BaseCall;
  base.sendStatus.call(this, reworded(sent));
}

/** Not a layer of its own: the call that it is given, with one method replaced. */
export const limitText = ((_method: unknown, call: BaseCall) => {
  call.sendStatus = sendReworded;
  return call;
}) as unknown as ServerInterceptor;
