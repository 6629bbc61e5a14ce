// Randomness that can be had again: the same at every run of the gate unless PERDURE_CRASH_SEED says otherwise.

export const seed = Number(process.env['PERDURE_CRASH_SEED'] ?? 91_546);

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
