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
  'history.hostLevelCacheMaxSize': int(
    10_000,
    'Runs in memory; beyond them the longest idle leave it.',
    { reach: 'all', least: 1, unit: 'runs' },
  ),
  'history.hostLevelCacheMaxSizeBytes': int(
    64 * 1024 * 1024,
    'Encoded states of idle runs in memory; beyond them the longest idle leave it.',
    { reach: 'all', unit: 'bytes' },
  ),
  'history.cacheTTL': duration(usPerMinute, 'How long an idle run stays in memory.', {
    reach: 'all',
  }),
  'history.foldInterval': duration(
    5 * usPerSecond,
    'How long what happened in an open run waits for more before the store gets it.',
    { reach: 'all' },
  ),
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
