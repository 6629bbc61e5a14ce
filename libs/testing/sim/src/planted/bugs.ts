// Bugs as somebody might make them, each in the place where the engine would have it. To add one is to add it to the file
// of its area, and to run `npm run sim -- --planted --record`.

import { executionBugs } from './bugs/execution.ts';
import { logBugs } from './bugs/log.ts';
import { matchingBugs } from './bugs/matching.ts';
import { ownerBugs } from './bugs/owner.ts';
import { storeBugs } from './bugs/store.ts';
import type { PlantedBug } from './plant.ts';
import { regressionBugs } from './regressions.ts';

export const plantedBugs: readonly PlantedBug[] = [
  ...logBugs,
  ...ownerBugs,
  ...storeBugs,
  ...matchingBugs,
  ...executionBugs,
  ...regressionBugs,
];
