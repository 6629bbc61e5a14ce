// The kernel: what every layer shares. Imports nothing.

export { assert, InvariantError, unreachable } from './assert.ts';
export { concatBytes, equalBytes, noBytes, utf8Bytes, utf8Length, utf8Prefix } from './bytes.ts';
export { nearest } from './nearest.ts';
export { parseDuration } from './parse-duration.ts';
export {
  accepted,
  type ExhaustedCause,
  invalidArgument,
  notFound,
  type Rejection,
  type RejectionDetail,
  RejectionError,
  type Result,
  reject,
  rejected,
  type StatusName,
} from './rejection.ts';
export { type RunKey, runKeyText } from './run-key.ts';
export {
  durationUsMax,
  fromUs,
  type SecondsAndNanos,
  toUs,
  usPerHour,
  usPerMinute,
  usPerMs,
  usPerSecond,
} from './time.ts';
