// CPU of this thread per operation: the mean of several rounds, after rounds that only warm the compiler up. The kernel
// counts in steps of some milliseconds: a round must be long, and rounds are added before they are divided.

export interface MicroResult {
  readonly operation: string;
  readonly cpuUs: number;
}

const warmRounds = 4;
const rounds = 16;

/** `round` does the operations and answers how many they were; what it needs is made before, by `prepare`. */
export function timed<T>(
  operation: string,
  prepare: () => T,
  round: (prepared: T) => number,
): MicroResult {
  let [cpuUs, operations] = [0, 0];
  for (let at = 0; at < warmRounds + rounds; at++) {
    const prepared = prepare();
    const before = process.threadCpuUsage();
    const count = round(prepared);
    const { user, system } = process.threadCpuUsage(before);
    if (at < warmRounds) continue;
    cpuUs += user + system;
    operations += count;
  }
  return { operation, cpuUs: Math.round((cpuUs / operations) * 100) / 100 };
}
