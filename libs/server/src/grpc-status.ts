// The status that ends a call, in the form in which a header block carries it.

import { type Rejection, RejectionError } from '@perdure/kernel';
import { encodeStatus, statusNumbers } from '@perdure/wire';
import type { AnswerStatus } from './http2/header-writer.ts';

const internal = 13;

/** Of limits' rejections, which are made once and given to many: what they look like. */
const known = new WeakMap<Rejection, AnswerStatus>();

/** A rejection with its typed details; anything else is a bug, of which the client learns nothing. */
export function statusOf(error: unknown): AnswerStatus {
  if (!(error instanceof RejectionError)) return plainStatus(internal, 'something went wrong');
  const { rejection } = error;
  const made = known.get(rejection) ?? encoded(rejection);
  if (isLimit(error)) known.set(rejection, made);
  return made;
}

/** A limit of the namespace or the server; a busy workflow is none. */
export function isLimit(error: unknown): boolean {
  const detail = error instanceof RejectionError ? error.rejection.detail : undefined;
  return detail?.kind === 'resourceExhausted' && detail.cause !== 'BUSY_WORKFLOW';
}

function encoded(original: Rejection): AnswerStatus {
  const rejection = { ...original, message: original.message.toWellFormed() };
  const details = Buffer.from(encodeStatus(rejection)).toString('base64');
  return {
    code: statusNumbers[rejection.code],
    message: percentEncoded(rejection.message),
    details: details.replace(/=+$/, ''),
  };
}

export function plainStatus(code: number, message: string): AnswerStatus {
  return { code, message: percentEncoded(message), details: '' };
}

/** What gRPC lets stand for itself: printable ASCII without the percent sign. */
const plain = /^[ -$&-~]*$/;

function percentEncoded(message: string): string {
  if (plain.test(message)) return message;
  let text = '';
  for (const byte of Buffer.from(message, 'utf8')) {
    const stands = byte >= 0x20 && byte < 0x7f && byte !== 0x25;
    text += stands
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
