// `npm test`: the gate and every test.

import { simulation } from './gate.ts';
import { run } from './run.ts';

run(['unit', 'contract', 'integration'], simulation(200, 30));
