// The bounds of runs, from the settings: the one place where the two meet.

import { defaultRunLimits, type RunLimits } from '@perdure/core-execution';
import type { LayeredConfig } from './layered-config.ts';

type Values = Pick<LayeredConfig, 'value'>;

export function runLimits(config: Values, namespace: string): RunLimits {
  const of = { namespace };
  return {
    ...defaultRunLimits,
    blobBytesMax: config.value('limit.blobSize.error', of),
    memoBytesMax: config.value('limit.memoSize.error', of),
    historyBytesSuggest: config.value('limit.historySize.suggestContinueAsNew', of),
    historyEventsSuggest: config.value('limit.historyCount.suggestContinueAsNew', of),
    historyBytesMax: config.value('limit.historySize.error', of),
    historyEventsMax: config.value('limit.historyCount.error', of),
    lastFailureBytesMax: config.value('limit.mutableStateActivityFailureSize.error', of),
    activitiesMax: config.value('limit.numPendingActivities.error', of),
    signalsMax: config.value('history.maximumSignalsPerExecution', of),
    bufferedEventsMax: config.value('history.maximumBufferedEventsBatch', of),
    bufferedBytesMax: config.value('history.maximumBufferedEventsSizeInBytes', of),
    searchAttributesMax: config.value('frontend.searchAttributesNumberOfKeysLimit', of),
    searchAttributeBytesMax: config.value('frontend.searchAttributesSizeOfValueLimit', of),
    searchAttributesBytesMax: config.value('frontend.searchAttributesTotalSizeLimit', of),
    restartIntervalUs: config.value('history.workflowIdReuseMinimalInterval', of),
    linkBytesMax: config.value('frontend.linkMaxSize', of),
  };
}
