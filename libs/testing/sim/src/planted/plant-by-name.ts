// Plants a bug that was named on a command line.

import { plantedBugs } from './bugs.ts';
import { plant } from './plant.ts';

/** Throws when there is no bug of that name. */
export function plantByName(name: string): void {
  const bug = plantedBugs.find((each) => each.name === name);
  if (bug === undefined) {
    const names = plantedBugs.map((each) => each.name).join(', ');
    throw new Error(`there is no bug "${name}"; there are: ${names}`);
  }
  plant(bug);
}
