// `npm test`: the gate and every test.

import { clusterSimulation, simulation } from './gate.ts';
import { run } from './run.ts';

run(
  ['unit', 'contract', 'parts', 'integration'],
  [simulation(150, 30), clusterSimulation(150, 10)],
);
