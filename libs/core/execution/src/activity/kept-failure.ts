// What is kept of a failure that is too large (wire-contract 5): its texts and types, the outermost first, details never.

import { utf8Length, utf8Prefix } from '@perdure/kernel';
import { decodeFailure, type Failure, failureCodec, serverFailure } from '@perdure/wire';

/** What is left of a failure that is over the limit of user data. */
export const cutFailureBytesMax = 512 * 1024;
/** Upper bounds of what a field, and a message in a message, cost beside their text. */
const fieldBytes = 6;
const messageBytes = 16;
const causesMax = 20;

/** The failure as the state keeps it until the next attempt. */
export function lastFailure(encoded: Uint8Array, lastFailureBytesMax: number): Uint8Array {
  if (encoded.length <= lastFailureBytesMax) return encoded;
  const text = 'Failure exceeds size limit.';
  const bytesMax = lastFailureBytesMax - utf8Length(text) - messageBytes - fieldBytes * 2;
  return serverFailure(text, false, cutFailure(encoded, bytesMax));
}

/** The failure with its causes, cut to at most so many bytes. */
export function cutFailure(
  encoded: Uint8Array,
  bytesMax: number,
  causesLeft = causesMax,
): Uint8Array {
  const failure = decodeFailure(encoded);
  let left = bytesMax - messageBytes;
  const cut = (text: string): string => {
    const kept = utf8Prefix(text, Math.max(left - fieldBytes, 0));
    if (kept !== '') left -= utf8Length(kept) + fieldBytes;
    return kept;
  };
  const info = cutInfo(failure, cut);
  const source = cut(failure.source);
  const message = cut(failure.message);
  const stackTrace = cut(failure.stackTrace);
  const goesOn = failure.cause.length > 0 && causesLeft > 0 && left > messageBytes * 2;
  const cause = goesOn ? cutFailure(failure.cause, left - fieldBytes, causesLeft - 1) : null;
  return failureCodec.encode({ message, source, stackTrace, ...info, cause });
}

function cutInfo(
  failure: Failure,
  cut: (text: string) => string,
): Parameters<typeof failureCodec.encode>[0] {
  const { applicationFailureInfo: application, serverFailureInfo: server } = failure;
  if (application !== null) {
    const { nonRetryable, type } = application;
    return { applicationFailureInfo: { nonRetryable, type: cut(type) } };
  }
  if (server !== null) return { serverFailureInfo: { nonRetryable: server.nonRetryable } };
  return {};
}
