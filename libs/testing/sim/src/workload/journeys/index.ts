// All kinds of journeys.

import type { Journey } from '../journey.ts';
import { eager } from './eager.ts';
import { elsewhere } from './elsewhere.ts';
import { plain } from './plain.ts';
import { queried } from './queried.ts';

export const journeys: readonly Journey[] = [plain, queried, elsewhere, eager];
