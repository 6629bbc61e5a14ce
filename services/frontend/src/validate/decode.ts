// Bytes of a request that are not what they should be.

import { invalidArgument, RejectionError, reject } from '@perdure/kernel';
import { type Codec, DecodeFault, scanRequest } from '@perdure/wire';

/** Fields of one request, nested ones and those of user data too. A completion of 10,000 commands has some 150,000. */
const fieldsMax = 200_000;

/** The message, or a refusal. The same fault anywhere behind the frontend is a bug and stays one. */
export function decodeOrRefuse<T>(codec: Codec<T, never>, bytes: Uint8Array): T {
  try {
    scanRequest(codec.typeName, bytes, fieldsMax);
    return codec.decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeFault)) throw error;
    const { kind, message } = error;
    if (kind === 'malformed') throw new RejectionError(invalidArgument(message));
    const detail = { kind: 'resourceExhausted', cause: 'SYSTEM_OVERLOADED' } as const;
    throw new RejectionError(reject('RESOURCE_EXHAUSTED', message, detail));
  }
}
