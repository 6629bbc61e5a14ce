// Times and durations on the wire, in µs.

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
