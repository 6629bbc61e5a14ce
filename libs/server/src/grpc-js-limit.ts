// grpc-js says otherwise than clients expect that a message is too large. It refuses such a message on reading its
// length, before the message is read, and does so below every interceptor: hence the status is reworded where it is sent.

import { type ServerInterceptor, status } from '@grpc/grpc-js';
import { tooLargeText } from './grpc-limit.ts';

const tooLarge = /^Received message larger than max \((\d+) vs\.? \d+\)/;
const tooLargeUnpacked = /^Received message that decompresses to a size larger than \d+/;

type BaseCall = Parameters<ServerInterceptor>[1];
type StatusObject = Parameters<BaseCall['sendStatus']>[0];

function reworded(sent: StatusObject): StatusObject {
  if (sent.code !== status.RESOURCE_EXHAUSTED) return sent;
  const text = sent.details ?? '';
  const [, size] = tooLarge.exec(text) ?? [];
  if (size === undefined && !tooLargeUnpacked.test(text)) return sent;
  return { ...sent, details: tooLargeText(size ?? 'decompressed') };
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
