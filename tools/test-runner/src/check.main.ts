// `npm run check`: the gate, and the tests that need nothing but the tree.

import { run } from './run.ts';

run(['unit', 'contract']);
