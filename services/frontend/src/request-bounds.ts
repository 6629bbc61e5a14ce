// What requests of one namespace may carry, derived from the dynamic configuration once per change of it.

import type { DynamicConfig } from '@perdure/ports';

export interface RequestBounds {
  readonly historyPageMax: number;
  readonly listPageMax: number;
}

/** The bounds of each namespace. A name is asked for only when it is known: the map has as many entries as there are namespaces. */
export function requestBounds(config: DynamicConfig): (namespace: string) => RequestBounds {
  let known = new Map<string, RequestBounds>();
  let generation = config.generation;
  return (namespace) => {
    if (generation !== config.generation) {
      known = new Map();
      generation = config.generation;
    }
    let bounds = known.get(namespace);
    if (bounds === undefined) {
      bounds = derive(config, namespace);
      known.set(namespace, bounds);
    }
    return bounds;
  };
}

function derive(config: DynamicConfig, namespace: string): RequestBounds {
  return {
    historyPageMax: config.value('frontend.historyMaxPageSize', { namespace }),
    listPageMax: config.value('frontend.visibilityMaxPageSize', { namespace }),
  };
}
