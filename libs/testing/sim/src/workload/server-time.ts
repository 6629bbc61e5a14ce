// Times as the server writes them.

/** µs; zero when there is none. */
export function inUs(time: { readonly seconds: number; readonly nanos: number } | null): number {
  return time === null ? 0 : time.seconds * 1e6 + Math.floor(time.nanos / 1e3);
}
