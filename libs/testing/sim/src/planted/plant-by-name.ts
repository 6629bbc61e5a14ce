// Bugs that are named on a command line.

import { plantedBugs } from './bugs.ts';
import { type PlantedBug, plant } from './plant.ts';

/** Throws when there is no bug of that name. */
export function plantByName(name: string): void {
  plant(bugNamed(name));
}

/** Throws when there is none. */
export function bugNamed(name: string): PlantedBug {
  const bug = plantedBugs.find((each) => each.name === name);
  if (bug === undefined) {
    const names = plantedBugs.map((each) => each.name).join(', ');
    throw new Error(`there is no bug "${name}"; there are: ${names}`);
  }
  return bug;
}
