// Bugs that the simulator once found in the engine, as they stand in tests/regression-seeds: each can be planted again.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@perdure/testing/harness';
import type { PlantedBug } from './plant.ts';

/** A bug with its cause. One that no change of text brings back names the test that holds it off. */
type Regression = { readonly name: string; readonly cause: string } & (
  | PlantedBug
  | { readonly test: string }
);

const folder = join(repositoryRoot, 'tests/regression-seeds');

/** Throws when a file does not say what it has to. */
function regressions(): Regression[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => {
      const found = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Regression;
      if (!found.name || !found.cause) throw new Error(`${file} needs a name and a cause`);
      if ('test' in found && !existsSync(join(repositoryRoot, found.test))) {
        throw new Error(`${file} names the test ${found.test}, which is not there`);
      }
      return found;
    });
}

export const regressionBugs: readonly PlantedBug[] = regressions().flatMap((found) =>
  'find' in found ? [found] : [],
);
