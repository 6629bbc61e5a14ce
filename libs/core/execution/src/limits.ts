// The bounds of a run (wire-contract 2.8 and 5). Upstream's defaults, but for the buffer, which busy workflows need larger.

/** A payload group of a command or report, bytes. */
export const blobBytesMax = 2 * 1024 * 1024;
/** An id or name, bytes. */
export const nameBytesMax = 1000;
export const pendingActivitiesMax = 2000;
/** Signals a run may get in its life. */
export const signalsMax = 10_000;
export const buffer = { eventsMax: 10_000, bytesMax: 2 * 1024 * 1024 };
/** From `suggest...` on a worker is told to continue as new. */
export const history = {
  eventsMax: 51_200,
  bytesMax: 50 * 1024 * 1024,
  suggestEvents: 4096,
  suggestBytes: 4 * 1024 * 1024,
};
