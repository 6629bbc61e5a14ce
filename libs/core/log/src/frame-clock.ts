// The hybrid clock of a LogPartition (L3): process time when it can, one above the last clock when it must.
//
// K1. Transition i of a frame has the frame's clock + i; a barrier holds one clock.
// K2. The clock of every frame is above the last clock of the frame before it, of whatever epoch.

/** The clock of a new frame, µs since 1970. `lastClock` is the clock of the last transition of the frame before it. */
export function nextFrameClock(nowUs: number, lastClock: number): number {
  return Math.max(nowUs, lastClock + 1);
}

/** The clock of the last transition of a frame. */
export function lastClockOf(frameClock: number, transitions: number): number {
  return frameClock + Math.max(transitions, 1) - 1;
}
