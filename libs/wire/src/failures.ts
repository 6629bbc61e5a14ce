// Failures the server reads a little of or makes itself. Elsewhere a failure is bytes.

import type { temporal } from '@temporalio/proto';
import { type Codec, type Decoded, type Init, publicCodec } from './codec.ts';

/** A failure one level deep: `cause` and details are bytes again. */
export type Failure = Decoded<temporal.api.failure.v1.IFailure>;

export const failureCodec: Codec<
  Failure,
  Init<temporal.api.failure.v1.IFailure>
> = publicCodec<temporal.api.failure.v1.IFailure>('temporal.api.failure.v1.Failure');

export function decodeFailure(bytes: Uint8Array): Failure {
  return failureCodec.decode(bytes);
}

export function timeoutFailure(failure: {
  readonly message: string;
  readonly timeoutType: number;
  readonly lastHeartbeatDetails?: Uint8Array;
  readonly cause?: Uint8Array;
}): Uint8Array {
  const details = failure.lastHeartbeatDetails;
  return failureCodec.encode({
    message: failure.message,
    source: 'Server',
    timeoutFailureInfo: {
      timeoutType: failure.timeoutType,
      ...(details !== undefined && details.length > 0 ? { lastHeartbeatDetails: details } : {}),
    },
    ...(failure.cause !== undefined && failure.cause.length > 0 ? { cause: failure.cause } : {}),
  });
}

export function serverFailure(
  message: string,
  nonRetryable: boolean,
  cause?: Uint8Array,
): Uint8Array {
  return failureCodec.encode({
    message,
    source: 'Server',
    serverFailureInfo: nonRetryable ? { nonRetryable } : {},
    ...(cause === undefined ? {} : { cause }),
  });
}
