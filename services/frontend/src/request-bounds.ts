// What requests of one namespace may carry, from the dynamic configuration.

import { derivedByNamespace, runLimits } from '@perdure/core-dynamic-config';
import type { RunLimits } from '@perdure/core-execution';
import type { DynamicConfig } from '@perdure/ports';

export interface RequestBounds {
  /** What a request adds to a run is bounded as the run is. */
  readonly run: RunLimits;
  readonly historyPageMax: number;
  readonly listPageMax: number;
}

export function requestBounds(config: DynamicConfig): (namespace: string) => RequestBounds {
  return derivedByNamespace(config, derive);
}

function derive(config: DynamicConfig, namespace: string): RequestBounds {
  return {
    run: runLimits(config, namespace),
    historyPageMax: config.value('frontend.historyMaxPageSize', { namespace }),
    listPageMax: config.value('frontend.visibilityMaxPageSize', { namespace }),
  };
}
