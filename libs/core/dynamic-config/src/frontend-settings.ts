// Settings of the frontend: pages, clients, connections. Names and defaults are those operators of Temporal know.

import { usPerMinute, usPerSecond } from '@perdure/kernel';
import { bool, duration, int } from './setting.ts';

const all = { reach: 'all' } as const;
const connection = { ...all, atStart: true } as const;

export const frontendSettings = {
  'frontend.visibilityMaxPageSize': int(1_000, 'Largest page of a list.', { least: 1 }),
  'frontend.historyMaxPageSize': int(256, 'Largest page of a history.', {
    least: 1,
    unit: 'events',
  }),
  'frontend.enableServerVersionCheck': bool(
    true,
    'Refuses clients that say they cannot work with this version.',
    all,
  ),
  'frontend.keepAliveTime': duration(
    usPerMinute,
    'A connection that is silent for so long is asked whether it still lives.',
    connection,
  ),
  'frontend.keepAliveTimeout': duration(
    10 * usPerSecond,
    'A connection that does not answer that for so long is closed.',
    connection,
  ),
} as const;
