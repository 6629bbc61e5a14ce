// Times and durations on the wire, in µs.

import type { Ledger } from '../ledger.ts';

interface Seconds {
  readonly seconds: number;
  readonly nanos: number;
}

/** Zero when there is none. */
export const inUs = (time: Seconds | null): number =>
  time === null ? 0 : time.seconds * 1e6 + Math.floor(time.nanos / 1e3);

/** When the event happened by the server's clock. */
export const eventUs = (event: { readonly eventTime: Seconds | null }): number =>
  inUs(event.eventTime);

/** Whether true times and those of the server can be held against each other: nobody set its clock. */
export const isTimely = ({ outages }: Ledger): boolean =>
  outages.every(({ endedUs }) => Number.isFinite(endedUs));
