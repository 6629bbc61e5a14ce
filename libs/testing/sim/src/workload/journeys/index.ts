// All kinds of journeys.

import type { Journey } from '../journey.ts';
import { chains } from './chains.ts';
import { contested } from './contested.ts';
import { delayed } from './delayed.ts';
import { deleted } from './deleted.ts';
import { eager } from './eager.ts';
import { elsewhere } from './elsewhere.ts';
import { followed } from './followed.ts';
import { plain } from './plain.ts';
import { queried } from './queried.ts';
import { retried } from './retried.ts';
import { stopped } from './stopped.ts';
import { timed } from './timed.ts';
import { twins } from './twins.ts';

export const journeys: readonly Journey[] = [
  plain,
  queried,
  elsewhere,
  eager,
  chains,
  retried,
  timed,
  delayed,
  contested,
  twins,
  stopped,
  deleted,
  followed,
  queried,
  elsewhere,
  eager,
];
