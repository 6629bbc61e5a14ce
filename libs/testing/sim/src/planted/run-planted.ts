// All planted bugs, two at a time: searched seed after seed, or one recorded seed each.
//
// What caught a bug is recorded (recorded.json), so that a test needs one short world for each. A seed is a world of one
// workload: when that changes, record again.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plantedBugs } from './bugs.ts';
import { BuggyWorlds, type Catch } from './seek.ts';

/** By the name of the bug. */
type Recorded = Readonly<Record<string, Omit<Catch, 'fault'>>>;

const recordedPath = join(import.meta.dirname, 'recorded.json');
const atOnce = 2;
/** What was recorded when this began. */
const before = JSON.parse(readFileSync(recordedPath, 'utf8')) as Recorded;

async function forEachBug(look: (bug: string) => Promise<void>): Promise<void> {
  const waiting = plantedBugs.map(({ name }) => name);
  const work = async (): Promise<void> => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) await look(bug);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

export interface PlantedSearch {
  readonly seeds: number;
  readonly seconds: number;
  /** Writes down what catches each, in the shortest world that does. What is recorded and still does is kept. */
  readonly record: boolean;
}

/** Prints for each bug how many seeds it took; false when one was not caught. */
export async function searchPlanted({ record, seconds, seeds }: PlantedSearch): Promise<boolean> {
  const found = new Map<string, Catch>();
  await forEachBug(async (bug) => {
    const caught = await search(bug, { record, seconds, seeds });
    if (caught === null) {
      console.log(`NOT caught in ${seeds} seeds: ${bug}`);
      return;
    }
    found.set(bug, caught);
    if (record) write(found);
    const after = `caught after ${String(caught.seed).padStart(3)} seeds of ${caught.seconds} s`;
    console.log(`${after}: ${bug}: ${caught.fault.slice(0, 150)}`);
  });
  console.log(`planted bugs: ${found.size} of ${plantedBugs.length} caught`);
  return found.size === plantedBugs.length;
}

/** After each catch: what takes minutes may be broken off, and what was recorded of the others stays. */
function write(found: ReadonlyMap<string, Catch>): void {
  const others = plantedBugs.flatMap(({ name }) => {
    const known = before[name];
    return known === undefined || found.has(name) ? [] : [[name, known] as const];
  });
  const sorted = [...others, ...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([bug, { rule, seconds, seed }]) => [bug, { seed, seconds, rule }] as const);
  writeFileSync(recordedPath, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/** Most bugs need no long world; to be recorded, a short one is sought first. */
const shortSearch = { from: 1, seeds: 16, seconds: 10 } as const;

async function search(
  bug: string,
  { record, seconds, seeds }: PlantedSearch,
): Promise<Catch | null> {
  const worlds = new BuggyWorlds(bug);
  try {
    if (record) {
      const soon = (await stillCaught(worlds, bug)) ?? (await worlds.seek(shortSearch));
      if (soon !== null) return soon;
    }
    const caught = await worlds.seek({ from: 1, seeds, seconds });
    return caught !== null && record ? await worlds.shortened(caught) : caught;
  } finally {
    worlds.close();
  }
}

/** What is recorded of the bug, if it holds. */
async function stillCaught(worlds: BuggyWorlds, bug: string): Promise<Catch | null> {
  const expected = before[bug];
  if (expected === undefined) return null;
  const { rule, seconds, seed } = expected;
  const found = await worlds.seek({ from: seed, seeds: 1, seconds });
  return found?.rule === rule ? found : null;
}

/** Runs the recorded world of each bug, and prints what is not as recorded; false when something is not. */
export async function replayRecorded(): Promise<boolean> {
  let again = 0;
  await forEachBug(async (bug) => {
    const problem = await recordedProblem(bug, before[bug]);
    if (problem === null) again += 1;
    else console.log(problem);
  });
  console.log(`planted bugs: ${again} of ${plantedBugs.length} caught again`);
  return again === plantedBugs.length;
}

/** Why the recorded world does not catch the bug; null: it does. */
async function recordedProblem(
  bug: string,
  expected: Recorded[string] | undefined,
): Promise<string | null> {
  const cure = 'npm run sim -- --planted --record';
  if (expected === undefined) return `nothing is recorded of "${bug}": ${cure}`;
  const { rule, seconds, seed } = expected;
  const worlds = new BuggyWorlds(bug);
  try {
    const found = await worlds.seek({ from: seed, seeds: 1, seconds });
    if (found?.rule === rule) return null;
    const broke = found === null ? 'no rule' : found.rule;
    const what = `"${bug}": seed ${seed} of ${seconds} s breaks ${broke}, not ${rule}`;
    return `${what}; if the workload has changed: ${cure}`;
  } finally {
    worlds.close();
  }
}
