// The planted bugs of one kind of world, two at a time: searched seed after seed, or one recorded seed each.
//
// What caught a bug is recorded (recorded.json), so that a test needs one short world for each. A seed is a world of one
// workload: when that changes, record again.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plantedBugs } from './bugs.ts';
import { type PlantedBug, type WorldKind, worldOf } from './plant.ts';
import { BuggyWorlds, type Catch } from './seek.ts';

/** By the name of the bug. */
type Recorded = Readonly<Record<string, Omit<Catch, 'fault'> & { readonly world: WorldKind }>>;

const recordedPath = join(import.meta.dirname, 'recorded.json');
const atOnce = 2;
/** What was recorded when this began. */
const before = JSON.parse(readFileSync(recordedPath, 'utf8')) as Recorded;

async function forEachBug(
  bugs: readonly PlantedBug[],
  look: (bug: PlantedBug) => Promise<void>,
): Promise<void> {
  const waiting = [...bugs];
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

/** Those that are sought in that kind of world. */
export function bugsOf(world: WorldKind): PlantedBug[] {
  return plantedBugs.filter((bug) => worldOf(bug) === world);
}

/** Prints for each bug how many seeds it took; false when one was not caught. */
export async function searchPlanted(
  bugs: readonly PlantedBug[],
  { record, seconds, seeds }: PlantedSearch,
): Promise<boolean> {
  const found = new Map<string, Catch>();
  await forEachBug(bugs, async (bug) => {
    const caught = await search(bug, { record, seconds, seeds });
    if (caught === null) {
      console.log(`NOT caught in ${seeds} seeds: ${bug.name}`);
      return;
    }
    found.set(bug.name, caught);
    if (record) write(found);
    const after = `caught after ${String(caught.seed).padStart(3)} seeds of ${caught.seconds} s`;
    console.log(`${after}: ${bug.name}: ${caught.fault.slice(0, 150)}`);
  });
  console.log(`planted bugs: ${found.size} of ${bugs.length} caught`);
  return found.size === bugs.length;
}

/** After each catch: what takes minutes may be broken off, and what was recorded of the others stays. */
function write(found: ReadonlyMap<string, Catch>): void {
  const all = plantedBugs.flatMap((bug) => {
    const known = found.get(bug.name) ?? before[bug.name];
    if (known === undefined) return [];
    const { rule, seconds, seed } = known;
    return [[bug.name, { world: worldOf(bug), seed, seconds, rule }] as const];
  });
  const sorted = all.toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(recordedPath, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/** Most bugs need no long world; to be recorded, a short one is sought first. */
const shortSearch = { from: 1, seeds: 16, seconds: 10 } as const;

async function search(
  bug: PlantedBug,
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
async function stillCaught(worlds: BuggyWorlds, bug: PlantedBug): Promise<Catch | null> {
  const expected = before[bug.name];
  if (expected?.world !== worldOf(bug)) return null;
  const { rule, seconds, seed } = expected;
  const found = await worlds.seek({ from: seed, seeds: 1, seconds });
  return found?.rule === rule ? found : null;
}

/**
 * Runs the recorded world of each bug, and prints what is not as recorded; false when something is not. A bug of many nodes
 * may have no world yet that catches it: it is named.
 */
export async function replayRecorded(all: readonly PlantedBug[]): Promise<boolean> {
  const isOpen = (bug: PlantedBug): boolean =>
    worldOf(bug) === 'cluster' && before[bug.name] === undefined;
  for (const { name } of all.filter(isOpen)) console.log(`no world is recorded of "${name}"`);
  const bugs = all.filter((bug) => !isOpen(bug));
  let again = 0;
  await forEachBug(bugs, async (bug) => {
    const problem = await recordedProblem(bug, before[bug.name]);
    if (problem === null) again += 1;
    else console.log(problem);
  });
  console.log(`planted bugs: ${again} of ${bugs.length} caught again`);
  return again === bugs.length;
}

/** Why the recorded world does not catch the bug; null: it does. */
async function recordedProblem(
  bug: PlantedBug,
  expected: Recorded[string] | undefined,
): Promise<string | null> {
  const { name } = bug;
  const cure = `npm run sim -- --planted --record --bug '${name}'`;
  if (expected?.world !== worldOf(bug)) return `nothing is recorded of "${name}": ${cure}`;
  const { rule, seconds, seed } = expected;
  const worlds = new BuggyWorlds(bug);
  try {
    const found = await worlds.seek({ from: seed, seeds: 1, seconds });
    if (found?.rule === rule) return null;
    const broke = found === null ? 'no rule' : found.rule;
    const what = `"${name}": seed ${seed} of ${seconds} s breaks ${broke}, not ${rule}`;
    return `${what}; if the workload has changed: ${cure}`;
  } finally {
    worlds.close();
  }
}
