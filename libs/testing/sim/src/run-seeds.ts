// Worlds in seed order, on all cores, and the report on the first that fails.

import { createHash } from 'node:crypto';
import { SeedPool, WorldBroke, type WorldReport } from './seed-pool.ts';
import type { AnyPlan, WorldOrder } from './seed-process.main.ts';
import { addCounts, reachedLine } from './sightings.ts';

export interface SeedRange {
  readonly count: number;
  readonly from: number;
  /** Begins no more worlds after this long, whatever `count` says; null: `count` worlds. */
  readonly minutes: number | null;
  /** Simulated time with faults, in each world. */
  readonly seconds: number;
  /** Worlds of many nodes. */
  readonly cluster: boolean;
  readonly commit: string;
  /** The name of a planted bug; null: none. */
  readonly bug: string | null;
}

type Faulty = { readonly seed: number; readonly report: WorldReport };

/** Prints the last line of a run; false when a seed failed. */
export async function runSeeds(range: SeedRange): Promise<boolean> {
  const { from, minutes, count } = range;
  const pool = new SeedPool(range.bug);
  try {
    const until = minutes === null ? null : Date.now() + minutes * 60_000;
    const more = (ran: number): boolean => (until === null ? ran < count : Date.now() < until);
    const reports = new Map<number, WorldReport>();
    let ran = 0;
    const failures: Faulty[] = [];
    const work = async (): Promise<void> => {
      while (failures.length === 0 && more(ran)) {
        const seed = from + ran++;
        const report = await worldOf(pool, {
          seed,
          seconds: range.seconds,
          cluster: range.cluster,
        });
        reports.set(seed, report);
        if (report.faults.length > 0) failures.push({ seed, report });
      }
    };
    await Promise.all(Array.from({ length: pool.size }, work));
    const [first] = failures.toSorted((a, b) => a.seed - b.seed);
    if (first !== undefined) {
      await report(pool, first, range);
      return false;
    }
    const inOrder = [...reports].toSorted(([a], [b]) => a - b).map(([, report]) => report);
    summarize(inOrder, range);
    const digests = createHash('sha256');
    for (const { digest } of inOrder) digests.update(digest);
    console.log(`seeds ${ran} from ${from}: ok, trace ${digests.digest('hex').slice(0, 16)}`);
    return true;
  } finally {
    pool.close();
  }
}

/** A world that ended its process is one that failed. */
async function worldOf(pool: SeedPool, order: WorldOrder): Promise<WorldReport> {
  try {
    return await pool.live(order);
  } catch (fault) {
    if (!(fault instanceof WorldBroke)) throw fault;
    return { ...brokenWorld, faults: [fault.message] };
  }
}

const brokenWorld: WorldReport = {
  digest: '',
  faults: [],
  plan: {},
  struck: [],
  reached: [],
  begun: [],
  simulatedSeconds: 0,
  starts: 0,
  signals: 0,
  cpuSeconds: 0,
};

function summarize(reports: readonly WorldReport[], range: SeedRange): void {
  const sum = (of: (report: WorldReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  console.log(`faults that struck: ${counted(reports.map(({ struck }) => struck))}`);
  console.log(`journeys: ${counted(reports.map(({ begun }) => begun))}`);
  console.log(reachedLine(totals(reports.map(({ reached }) => reached)), range.cluster));
  const simulated = sum((report) => report.simulatedSeconds);
  const rate = Math.round(simulated / sum((report) => report.cpuSeconds));
  const calls = `${sum((report) => report.starts)} starts, ${sum((report) => report.signals)} signals`;
  console.log(`${calls}; ${simulated} simulated seconds, ${rate} a second of one core`);
}

function totals(all: readonly WorldReport['struck'][]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const counts of all) addCounts(sum, new Map(counts));
  return sum;
}

function counted(all: readonly WorldReport['struck'][]): string {
  const sorted = [...totals(all)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([name, times]) => `${name} ${times}`).join(', ') || 'none';
}

async function report(pool: SeedPool, failed: Faulty, range: SeedRange): Promise<void> {
  const { seed } = failed;
  console.log(`seed ${seed} failed at commit ${range.commit}:`);
  for (const fault of failed.report.faults.slice(0, 10)) console.log(`  ${fault}`);
  if (failed.report.digest !== '') {
    const plan = await shrunk(pool, failed, range);
    const left = Object.entries(plan).filter(([, value]) => value !== 0);
    const needed = left.map(([kind, value]) => `${kind} ${value}`).join(', ');
    console.log(`faults needed: ${needed || 'none'}`);
  }
  const bug = range.bug === null ? '' : ` --bug '${range.bug}'`;
  console.log(
    `see it again: npm run sim -- --seed ${seed} --seconds ${range.seconds}${range.cluster ? ' --cluster' : ''}${bug}`,
  );
}

/** The plan without the kinds of fault that the failure does not need. */
async function shrunk(
  pool: SeedPool,
  { seed, report }: Faulty,
  { seconds, cluster }: SeedRange,
): Promise<AnyPlan> {
  let { plan } = report;
  const rule = ruleOf(report);
  for (const [kind, rate] of Object.entries(report.plan)) {
    if (rate === 0) continue;
    const smaller = { ...plan, [kind]: 0 };
    const again = await worldOf(pool, { seed, seconds, cluster, plan: smaller });
    if (again.faults.length > 0 && ruleOf(again) === rule) plan = smaller;
  }
  return plan;
}

/** The number of the rule that was broken first. */
function ruleOf({ faults }: WorldReport): string {
  return /J\d+/.exec(faults[0] ?? '')?.[0] ?? faults[0] ?? '';
}
