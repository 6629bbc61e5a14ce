// `npm run check`: the gate, and the tests that need nothing but the tree.

import { simulation } from './gate.ts';
import { run } from './run.ts';

run(['unit', 'contract'], simulation(50, 20));
