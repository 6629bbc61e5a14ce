// All kinds of steps.

import type { StepKind } from '../step.ts';
import { activities } from './activities.ts';
import { cancelledActivity } from './cancelled-activity.ts';
import { cancelledTimer } from './cancelled-timer.ts';
import { close } from './close.ts';
import { continued } from './continue.ts';
import { elsewhere } from './elsewhere.ts';
import { failUntil } from './fail-until.ts';
import { forever } from './forever.ts';
import { mixed } from './mixed.ts';
import { properties } from './properties.ts';
import { signals } from './signals.ts';
import { timedActivity } from './timed-activity.ts';
import { timer } from './timer.ts';

export const stepKinds: readonly StepKind[] = [
  activities,
  timer,
  properties,
  failUntil,
  forever,
  continued,
  signals,
  close,
  timedActivity,
  cancelledActivity,
  cancelledTimer,
  mixed,
  elsewhere,
];
