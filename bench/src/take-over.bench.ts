// How long it takes to take a LogPartition over, by the length of its tail: on a real Kafka and a real Cassandra, one node of each
// on this machine.
//
// `node_modules/.bin/node bench/src/take-over.bench.ts [rounds] [--sizes 0,100,...] [--out FILE]`. The tail is what one owner
// appended and its store was not there to take: runs of one start and three signals, of about 1 KB each. The owner ends without a
// word; others claim the partition one after the other, each for the first time in its life, and none folds anything away.
//
// Times count from the begin of the claim, which is when somebody has noticed: to the Announce acknowledged, to the end of the
// replay of the log, to serving (runs rebuilt, wake rows read). `known runs`: each has a row in the store that its tail stands on.

import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { percentile } from '@perdure/testing/load';
import { costOf } from './process-cost.ts';
import { circumstances } from './real-kafka.ts';
import { type Ground, openGround } from './take-over/ground.ts';
import { fill } from './take-over/tail.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    sizes: { type: 'string', default: '0,100,1000,10000,20000' },
  },
});
const rounds = Number(positionals[0] ?? 5);
const sizes = flags.sizes.split(',').map(Number);
const rounded = (value: number): number => Math.round(value * 10) / 10;

interface Case {
  readonly transitions: number;
  readonly knownRuns: boolean;
}

/** One take-over, ms and bytes. */
type TakeOver = Readonly<Record<string, number>>;

const ground: Ground = await openGround();
try {
  const cases: Case[] = sizes.map((transitions) => ({ transitions, knownRuns: false }));
  const longest = Math.max(...sizes);
  if (longest > 0) cases.push({ transitions: longest, knownRuns: true });
  // Compiled code and warm connections, as of a node that has served for a while.
  await measure({ transitions: Math.min(2_000, longest), knownRuns: true }, 3);
  const results = [];
  for (const of of cases) {
    const result = await measure(of, rounds);
    results.push(result);
    console.log(JSON.stringify(result));
  }
  const result = { scenario: 'take-over', ...circumstances(), rounds, results };
  if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await ground.close();
}

async function measure(of: Case, times: number): Promise<object> {
  const place = await ground.freshPartition();
  const { runs, bytes } = await fill(place, of);
  const found: TakeOver[] = [];
  for (let round = 0; round < times; round++) found.push(await takeOver(of));
  await place.close();
  const over = (name: string): Record<string, number> => {
    const values = found.map((one) => one[name] ?? 0);
    return { median: rounded(percentile(values, 0.5)), max: rounded(Math.max(...values)) };
  };
  return {
    ...of,
    runs,
    tailBytes: bytes,
    ...Object.fromEntries(Object.keys(found[0] ?? {}).map((name) => [name, over(name)])),
  };

  async function takeOver({ transitions }: Case): Promise<TakeOver> {
    const ours = process.cpuUsage();
    const theirs = ground.pids.map((pid) => costOf(pid).cpuMs);
    const begun = performance.now();
    const taken = await place.claim();
    const servingMs = performance.now() - begun;
    const { user, system } = process.cpuUsage(ours);
    const [kafkaCpuMs, cassandraCpuMs] = ground.pids.map(
      (pid, at) => costOf(pid).cpuMs - (theirs[at] ?? 0),
    );
    if (taken.history.recovered.transitions !== transitions) {
      throw new Error(`${taken.history.recovered.transitions} transitions, not ${transitions}`);
    }
    taken.history.stop();
    return {
      announcedMs: taken.announcedAt - begun,
      replayedMs: taken.replayedAt - begun,
      servingMs,
      ownCpuMs: (user + system) / 1000,
      kafkaCpuMs: kafkaCpuMs ?? 0,
      cassandraCpuMs: cassandraCpuMs ?? 0,
    };
  }
}
