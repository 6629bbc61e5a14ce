// All kinds of journeys.

import type { Journey } from '../journey.ts';
import { plain } from './plain.ts';

export const journeys: readonly Journey[] = [plain];
