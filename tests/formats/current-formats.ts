// The formats that this version writes. A change of one of them needs a corpus of its own.

import { stateFormat } from '@perdure/core-execution';
import { recordFormat } from '@perdure/core-log';
import { segmentFormat } from '@perdure/log-local';
import { storeFormat } from '@perdure/store-sqlite';

export const currentFormats: Readonly<Record<string, number>> = {
  segment: segmentFormat,
  record: recordFormat,
  state: stateFormat,
  store: storeFormat,
};
