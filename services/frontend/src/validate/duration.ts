// Durations in requests. They are capped where they stand, so that what is recorded is what is meant.

import { durationUsMax, usPerSecond } from '@perdure/kernel';

const secondsMax = durationUsMax / usPerSecond;

export interface MutableDuration {
  seconds: number;
  nanos: number;
}

/** Caps the duration at 100 years. Returns what is wrong with it, if anything. */
export function capDuration(duration: MutableDuration | null): string | undefined {
  if (duration === null) return undefined;
  const { seconds, nanos } = duration;
  if ((seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0))
    return 'duration has seconds and nanos with different signs';
  if (seconds < 0 || nanos < 0) return 'negative duration';
  if (seconds >= secondsMax) {
    duration.seconds = secondsMax;
    duration.nanos = 0;
  }
  return undefined;
}
