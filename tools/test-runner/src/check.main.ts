// `npm run check`: the gate, and the tests that need nothing but the tree.

import { clusterSimulation, simulation } from './gate.ts';
import { run } from './run.ts';

run(['unit', 'contract'], [simulation(40, 15), clusterSimulation(20, 10)]);
