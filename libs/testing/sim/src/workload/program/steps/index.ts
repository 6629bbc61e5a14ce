// All kinds of steps.

import type { StepKind } from '../step.ts';
import { activities } from './activities.ts';
import { close } from './close.ts';
import { signals } from './signals.ts';
import { timer } from './timer.ts';

export const stepKinds: readonly StepKind[] = [activities, timer, signals, close];
