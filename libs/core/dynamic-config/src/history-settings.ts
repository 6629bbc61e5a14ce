// Settings of the history service: waits, and bounds of one run.

import { usPerMinute, usPerMs, usPerSecond } from '@perdure/kernel';
import { duration, int } from './setting.ts';

export const historySettings = {
  'history.longPollExpirationInterval': duration(
    20 * usPerSecond,
    'How long a call waits for something new in a history.',
    { least: usPerMs },
  ),
  'history.workflowIdReuseMinimalInterval': duration(
    usPerSecond,
    'Least time between two starts of one workflow id by clients.',
  ),
  'history.MaxBufferedQueryCount': int(10_000, 'Queries of one run that wait at the same time.', {
    reach: 'all',
    least: 1,
  }),
  'history.retentionInterval': duration(
    usPerMinute,
    'How often closed runs whose retention is over are looked for.',
    { reach: 'all', least: usPerMs },
  ),
  'history.retentionDeletionRPS': int(
    500,
    'Closed runs deleted per second when their retention is over.',
    { reach: 'all', least: 1, unit: 'runs/s' },
  ),
} as const;
