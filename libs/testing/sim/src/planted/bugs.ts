// Bugs as somebody might make them, each in the place where the engine would have it. To add one is to add it to the file
// of its area, and to run `npm run sim -- --planted --record`.

import { clusterCallBugs } from './bugs/cluster-calls.ts';
import { clusterLogBugs } from './bugs/cluster-log.ts';
import { clusterStoreBugs } from './bugs/cluster-store.ts';
import { clusterTaskBugs } from './bugs/cluster-tasks.ts';
import { clusterWakeBugs } from './bugs/cluster-wake.ts';
import { executionBugs } from './bugs/execution.ts';
import { logBugs } from './bugs/log.ts';
import { matchingBugs } from './bugs/matching.ts';
import { ownerBugs } from './bugs/owner.ts';
import { storeBugs } from './bugs/store.ts';
import type { ClusterBug, PlantedBug } from './plant.ts';
import { regressionBugs } from './regressions.ts';

const clusterBugs: readonly ClusterBug[] = [
  ...clusterLogBugs,
  ...clusterStoreBugs,
  ...clusterWakeBugs,
  ...clusterTaskBugs,
  ...clusterCallBugs,
];

export const plantedBugs: readonly PlantedBug[] = [
  ...logBugs,
  ...ownerBugs,
  ...storeBugs,
  ...matchingBugs,
  ...executionBugs,
  ...regressionBugs,
  ...clusterBugs.map((bug) => ({ ...bug, world: 'cluster' as const })),
];
