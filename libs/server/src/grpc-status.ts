// The status that ends a call, in the form in which a header block carries it.

import { RejectionError } from '@perdure/kernel';
import { encodeStatus, statusNumbers } from '@perdure/wire';
import type { AnswerStatus } from './http2/header-writer.ts';

const internal = 13;

/** A rejection with its typed details; anything else is a bug, of which the client learns nothing. */
export function statusOf(error: unknown): AnswerStatus {
  if (!(error instanceof RejectionError)) return plainStatus(internal, 'something went wrong');
  const rejection = { ...error.rejection, message: error.rejection.message.toWellFormed() };
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
