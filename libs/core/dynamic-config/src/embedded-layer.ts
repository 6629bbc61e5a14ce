// What is different on a server in one process, as `start-dev` is: its limits are there to stop accidents, not tenants.
//
// Overload is refused by what is measured (docs/architecture/limits.md), so a rate made for another machine would only
// throttle this one: upstream's development server stops at 2,400 calls/s, a tenth of what this one does.

import { layerOf } from './config-layer.ts';
import type { SettingName, SettingValue } from './registry.ts';

export const embeddedValues: { readonly [K in SettingName]?: SettingValue<K> } = {
  // Its one owner starts an id again as fast as clients ask.
  'history.workflowIdReuseMinimalInterval': 0,
  'frontend.rps': 1_000_000,
  'frontend.namespaceRPS': 1_000_000,
  'frontend.rps.namespaceReplicationInducingAPIs': 1_000,
  'frontend.namespaceRPS.visibility': 100,
  'frontend.namespaceRPS.namespaceReplicationInducingAPIs': 10,
  'frontend.namespaceCount': 50_000,
};

export const embeddedLayer = layerOf(embeddedValues);
