// Randomness that can be had again: a run prints its seed, PERDURE_CRASH_SEED sets it.

export const seed = Number(process.env['PERDURE_CRASH_SEED'] ?? Date.now() % 1_000_000);

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
