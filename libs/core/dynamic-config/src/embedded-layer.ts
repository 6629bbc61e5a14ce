// What is different on a server in one process, as `start-dev` is.

import { layerOf } from './config-layer.ts';
import type { SettingName, SettingValue } from './registry.ts';

export const embeddedValues: { readonly [K in SettingName]?: SettingValue<K> } = {};

export const embeddedLayer = layerOf(embeddedValues);
