// Time units. The engine counts microseconds since 1970 in plain numbers (exact until the year 2255); names end in Us.

export const usPerMs = 1_000;
export const usPerSecond = 1_000_000;
export const usPerMinute = 60 * usPerSecond;
export const usPerHour = 60 * usPerMinute;
/** Longest duration the API takes: 100 years (wire-contract 0.2). */
export const durationUsMax = 100 * 365 * 24 * usPerHour;

/** `google.protobuf.Duration` or `Timestamp` as decoded. */
export interface SecondsAndNanos {
  readonly seconds: number;
  readonly nanos: number;
}

/** A duration or time on the wire in µs, rounded up so that nothing fires early; absent = 0. */
export function toUs(value: SecondsAndNanos | null | undefined): number {
  if (value === null || value === undefined) return 0;
  return value.seconds * usPerSecond + Math.ceil(value.nanos / 1_000);
}

/** µs as a duration or time on the wire; of a negative duration both parts are negative. */
export function fromUs(us: number): SecondsAndNanos {
  const seconds = Math.trunc(us / usPerSecond);
  return { seconds, nanos: (us - seconds * usPerSecond) * 1_000 };
}
