// Worlds one after the other, and the report on the first that fails.

import { createHash } from 'node:crypto';
import { type FaultPlan, faultKinds } from './fault-plan.ts';
import { addCounts, reachedLine } from './sightings.ts';
import { type Outcome, simulate } from './world.ts';

export interface SeedRange {
  readonly count: number;
  readonly from: number;
  /** Ends after this long, whatever `count` says; null: after `count`. */
  readonly minutes: number | null;
  readonly commit: string;
}

/** Simulated time with faults, in each world. */
export const worldSeconds = 60;

/** Prints the last line of a run; false when a seed failed. */
export async function runSeeds({ count, from, minutes, commit }: SeedRange): Promise<boolean> {
  const digests = createHash('sha256');
  const struck = new Map<string, number>();
  const reached = new Map<string, number>();
  const until = minutes === null ? null : Date.now() + minutes * 60_000;
  let ran = 0;
  for (; until === null ? ran < count : Date.now() < until; ran++) {
    const seed = from + ran;
    const outcome = await simulate({ seed, seconds: worldSeconds });
    digests.update(outcome.digest);
    addCounts(struck, outcome.struck);
    addCounts(reached, outcome.reached);
    if (outcome.faults.length > 0) {
      await report(seed, outcome, commit);
      return false;
    }
  }
  const kinds = [...struck].map(([kind, times]) => `${kind} ${times}`).join(', ');
  console.log(`faults that struck: ${kinds || 'none'}`);
  console.log(reachedLine(reached));
  console.log(`seeds ${ran} from ${from}: ok, trace ${digests.digest('hex').slice(0, 16)}`);
  return true;
}

/** One world, readably. */
export async function showSeed(seed: number, commit: string): Promise<boolean> {
  const outcome = await simulate({ seed, seconds: worldSeconds, keepTrace: true });
  const startUs = outcome.lines[0]?.timeUs ?? 0;
  for (const { timeUs, text } of outcome.lines) {
    console.log(`${((timeUs - startUs) / 1e6).toFixed(6).padStart(12)} ${text}`);
  }
  if (outcome.faults.length === 0) console.log(`seeds 1 from ${seed}: ok, trace ${outcome.digest}`);
  else await report(seed, outcome, commit);
  return outcome.faults.length === 0;
}

async function report(seed: number, outcome: Outcome, commit: string): Promise<void> {
  console.log(`seed ${seed} failed at commit ${commit}:`);
  for (const fault of outcome.faults.slice(0, 10)) console.log(`  ${fault}`);
  const plan = await shrunk(seed, outcome);
  const left = Object.entries(plan).filter(([, value]) => value !== 0);
  console.log(
    `faults needed: ${left.map(([kind, value]) => `${kind} ${value}`).join(', ') || 'none'}`,
  );
  console.log(`see it again: npm run sim -- --seed ${seed}`);
}

/** The plan without the kinds of fault that the failure does not need. */
async function shrunk(seed: number, outcome: Outcome): Promise<FaultPlan> {
  let plan = outcome.plan;
  const rule = ruleOf(outcome);
  for (const kind of faultKinds) {
    if (plan[kind] === 0) continue;
    const smaller = { ...plan, [kind]: 0 };
    const again = await simulate({ seed, seconds: worldSeconds, plan: smaller });
    if (again.faults.length > 0 && ruleOf(again) === rule) plan = smaller;
  }
  return plan;
}

/** The number of the rule that was broken first. */
function ruleOf({ faults }: Outcome): string {
  return /J\d+/.exec(faults[0] ?? '')?.[0] ?? faults[0] ?? '';
}
