// Settings of task queues.

import { usPerMinute, usPerSecond } from '@perdure/kernel';
import { duration } from './setting.ts';

export const matchingSettings = {
  'matching.longPollExpirationInterval': duration(
    usPerMinute,
    'How long a poll of a worker waits for a task.',
    { reach: 'taskQueue', least: usPerSecond },
  ),
} as const;
