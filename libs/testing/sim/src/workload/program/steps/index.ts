// All kinds of steps.

import type { StepKind } from '../step.ts';
import { activities } from './activities.ts';
import { cancelledActivity } from './cancelled-activity.ts';
import { cancelledTimer } from './cancelled-timer.ts';
import { close } from './close.ts';
import { elsewhere } from './elsewhere.ts';
import { mixed } from './mixed.ts';
import { signals } from './signals.ts';
import { timedActivity } from './timed-activity.ts';
import { timer } from './timer.ts';

export const stepKinds: readonly StepKind[] = [
  activities,
  timer,
  signals,
  close,
  timedActivity,
  cancelledActivity,
  cancelledTimer,
  mixed,
  elsewhere,
];
