// Every setting that has an effect, in one table: values are typed, checked and documented by it
// (docs/dynamic-config.md is written from it).

import { frontendSettings } from './frontend-settings.ts';
import { historySettings } from './history-settings.ts';
import { limitSettings } from './limit-settings.ts';
import { matchingSettings } from './matching-settings.ts';
import type { Setting } from './setting.ts';

export const settings = {
  ...frontendSettings,
  ...limitSettings,
  ...matchingSettings,
  ...historySettings,
} as const;

export type SettingName = keyof typeof settings;
export type SettingValue<K extends SettingName> =
  (typeof settings)[K] extends Setting<infer T> ? T : never;

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** The setting under its name, whatever it holds. */
export function settingOf(name: SettingName): Setting<unknown> {
  return settings[name];
}

const byLowerCase: ReadonlyMap<string, SettingName> = new Map(
  settingNames.map((name) => [name.toLowerCase(), name]),
);

/** Names are the same in every case, as upstream. */
export function findSetting(name: string): SettingName | undefined {
  return byLowerCase.get(name.toLowerCase());
}
