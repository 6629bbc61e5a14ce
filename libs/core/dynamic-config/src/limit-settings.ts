// Bounds on what one request or one run may hold.

import { int } from './setting.ts';

const kib = 1024;
const mib = 1024 * kib;
const bytes = { unit: 'bytes' } as const;
const events = { unit: 'events' } as const;
const all = { reach: 'all' } as const;

export const limitSettings = {
  'limit.blobSize.error': int(
    2 * mib,
    'Largest group of payloads: an input, a result, the details of a heartbeat.',
    bytes,
  ),
  'limit.memoSize.error': int(2 * mib, 'Largest memo.', bytes),
  'limit.historySize.suggestContinueAsNew': int(
    4 * mib,
    'From this size of its history on a workflow is told to continue as new.',
    bytes,
  ),
  'limit.historyCount.suggestContinueAsNew': int(
    4_096,
    'From this length of its history on a workflow is told to continue as new.',
    events,
  ),
  'limit.historySize.error': int(50 * mib, 'A run whose history outgrows it is terminated.', bytes),
  'limit.historyCount.error': int(51_200, 'A run whose history outgrows it is terminated.', events),
  'limit.mutableStateActivityFailureSize.error': int(
    4 * kib,
    'What is kept of the last failure of an activity that will be tried again; the rest is cut off.',
    bytes,
  ),
  'limit.numPendingActivities.error': int(2_000, 'Activities of one run pending at the same time.'),
  'history.maximumSignalsPerExecution': int(10_000, 'Signals that one run takes in its life.'),
  'history.maximumBufferedEventsBatch': int(
    10_000,
    'Events that wait while a workflow task is running (Temporal: 100).',
    { ...all, ...events },
  ),
  'history.maximumBufferedEventsSizeInBytes': int(
    2 * mib,
    'Size of the events that wait while a workflow task is running.',
    { ...all, ...bytes },
  ),
  'frontend.searchAttributesNumberOfKeysLimit': int(100, 'Search attributes of one workflow.'),
  'frontend.searchAttributesSizeOfValueLimit': int(2 * kib, 'Size of one search attribute.', bytes),
  'frontend.searchAttributesTotalSizeLimit': int(
    40 * kib,
    'Size of all search attributes of one workflow.',
    bytes,
  ),
  'frontend.linkMaxSize': int(4_000, 'Size of one link.', bytes),
} as const;
