// Settings of the frontend: rates, pages, connections. Names and defaults are those operators of Temporal know.

import { usPerMinute, usPerSecond } from '@perdure/kernel';
import { bool, duration, float, int } from './setting.ts';

const all = { reach: 'all' } as const;
const rate = { unit: 'calls/s' } as const;
const hostRate = { ...all, ...rate } as const;
const connection = { ...all, atStart: true } as const;

export const frontendSettings = {
  'frontend.rps': int(2_400, 'Calls that the server takes from all namespaces together.', hostRate),
  'frontend.rps.namespaceReplicationInducingAPIs': int(
    20,
    'Calls that register or change namespaces, of all together.',
    hostRate,
  ),
  'frontend.namespaceRPS': int(2_400, 'Calls that one namespace may make.', rate),
  'frontend.namespaceBurstRatio': float(
    2,
    'What a namespace may save up while it is quiet, in seconds of frontend.namespaceRPS.',
    { least: 1 },
  ),
  'frontend.namespaceRPS.visibility': int(
    10,
    'List and count calls that one namespace may make.',
    rate,
  ),
  'frontend.namespaceBurstRatio.visibility': float(
    1,
    'The same for frontend.namespaceRPS.visibility.',
    { least: 1 },
  ),
  'frontend.namespaceRPS.namespaceReplicationInducingAPIs': int(
    1,
    'Calls that register or change the namespace.',
    rate,
  ),
  'frontend.namespaceBurstRatio.namespaceReplicationInducingAPIs': float(
    10,
    'The same for frontend.namespaceRPS.namespaceReplicationInducingAPIs.',
    { least: 1 },
  ),
  'frontend.namespaceCount': int(
    1_200,
    'Calls of one method that wait at the same time in one namespace: polls, queries, long polls of histories.',
    { unit: 'calls' },
  ),
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
