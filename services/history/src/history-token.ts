// The page token of a history: pins the run, so that later pages are of the run that the first one was of.

import { invalidArgument, RejectionError } from '@perdure/kernel';
import { type Codec, ownCodec } from '@perdure/wire';

export interface HistoryToken {
  readonly runId: string;
  readonly nextEventId: number;
  /** Where the answer to a poll ends, exclusive; 0: at the end of the history. */
  readonly endEventId: number;
}

const codec: Codec<HistoryToken, HistoryToken> = ownCodec('token', 'perdure.token.v1.HistoryToken');

export function encodeHistoryToken(token: HistoryToken): Uint8Array {
  return codec.encode(token);
}

export function decodeHistoryToken(bytes: Uint8Array): HistoryToken {
  try {
    const { runId, nextEventId, endEventId } = codec.decode(bytes);
    if (runId !== '' && nextEventId > 0) return { runId, nextEventId, endEventId };
  } catch (cause) {
    throw new RejectionError(invalidArgument('Invalid NextPageToken.'), { cause });
  }
  throw new RejectionError(invalidArgument('Invalid NextPageToken.'));
}
