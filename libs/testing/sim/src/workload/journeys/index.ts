// All kinds of journeys.

import type { Journey } from '../journey.ts';
import { chains } from './chains.ts';
import { delayed } from './delayed.ts';
import { plain } from './plain.ts';
import { retried } from './retried.ts';
import { timed } from './timed.ts';

export const journeys: readonly Journey[] = [plain, chains, retried, timed, delayed];
