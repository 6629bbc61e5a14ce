// Errors on their way out: what a client may be told of them.

import { RejectionError, reject, utf8Length } from '@perdure/kernel';
import { StorageFault } from '@perdure/ports';

/** Something went wrong here that a client is told nothing of but its id. */
export interface BugReport {
  /** Also in the message to the client. */
  readonly errorId: string;
  readonly method: string;
  readonly error: unknown;
}

export interface RefusalContext {
  readonly newId: () => string;
  readonly reportBug: (report: BugReport) => void;
}

/** Longest status message, in UTF-8 (wire-contract 0.1). */
const messageBytesMax = 4_000;

/** The error of a method as a rejection with a message that can be sent. */
export function toRefusal(error: unknown, method: string, context: RefusalContext): RejectionError {
  if (error instanceof RejectionError) return cutMessage(error);
  const errorId = context.newId();
  context.reportBug({ errorId, method, error });
  // M10: it heals by itself, or the process ends; a client comes again.
  if (error instanceof StorageFault) {
    return new RejectionError(
      reject('UNAVAILABLE', `storage cannot be used at the moment, please retry (${errorId})`),
    );
  }
  return new RejectionError(reject('INTERNAL', `something went wrong, please retry (${errorId})`));
}

function cutMessage(error: RejectionError): RejectionError {
  const { message } = error.rejection;
  if (utf8Length(message) <= messageBytesMax) return error;
  return new RejectionError({ ...error.rejection, message: cutText(message, messageBytesMax) });
}

/** The longest beginning of the text that fits, in whole characters. */
function cutText(text: string, bytesMax: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > bytesMax) break;
    end += character.length;
  }
  return text.slice(0, end);
}
