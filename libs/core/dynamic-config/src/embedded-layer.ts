// What is different on a server in one process, as `start-dev` is.

import { layerOf } from './config-layer.ts';
import type { SettingName, SettingValue } from './registry.ts';

export const embeddedValues: { readonly [K in SettingName]?: SettingValue<K> } = {
  // Its one owner starts an id again as fast as clients ask.
  'history.workflowIdReuseMinimalInterval': 0,
};

export const embeddedLayer = layerOf(embeddedValues);
