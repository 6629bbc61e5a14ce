// Milliseconds as the wire has durations.

export function duration(milliseconds: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(milliseconds / 1_000);
  return { seconds, nanos: (milliseconds - seconds * 1_000) * 1e6 };
}
