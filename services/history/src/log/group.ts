// Who is told when something is durable.

import type { FramePosition, TransitionGroup } from '@perdure/core-log';

/** What is durable together. Exactly one of the two methods is called, once. */
export interface Group extends TransitionGroup {
  /** `firstClock` is the clock of the group's first transition; the others follow by 1 µs. */
  durable(frame: FramePosition, firstClock: number): void;
  /** The outcome is unknown: the group may be found in the log by a later process. */
  failed(fault: Error): void;
}

/** Something that may be said once everything appended before is durable (W4). */
export interface HeadWaiter {
  durable(): void;
  failed(fault: Error): void;
}
