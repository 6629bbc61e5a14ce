// The settings of a world's server. A seed makes some of them small, so that what an operator would meet in months of a
// busy server happens within a minute: runs leave memory, histories come in many pages, what waits is too much.

import type { SettingName, SettingValue } from '@perdure/core-dynamic-config';
import type { Chance } from './chance.ts';

type Settings = { readonly [K in SettingName]?: SettingValue<K> };

export function drawSettings(chance: Chance): Settings {
  const one = <T extends Settings>(probability: number, settings: T): Settings =>
    chance.happens(probability) ? settings : {};
  return {
    ...one(0.4, { 'history.hostLevelCacheMaxSize': 1 + chance.below(20) }),
    ...one(0.3, { 'history.cacheTTL': chance.below(4_000_000) }),
    ...one(0.5, { 'history.foldInterval': chance.pick([0, 50_000, 500_000, 2_000_000]) }),
    ...one(0.3, { 'frontend.historyMaxPageSize': 1 + chance.below(10) }),
    ...one(0.2, { 'history.maximumBufferedEventsBatch': 1 + chance.below(4) }),
    ...one(0.1, { 'history.foldInterval': 30_000_000 }),
    ...one(0.12, { 'frontend.namespaceRPS': 30 + chance.below(60) }),
    ...one(0.2, { 'matching.longPollExpirationInterval': chance.pick([1_000_000, 5_000_000]) }),
  };
}
