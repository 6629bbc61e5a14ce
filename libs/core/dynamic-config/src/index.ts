// Settings of a running server: what there is (registry.ts), what a source says (config-layer.ts), which value holds
// (layered-config.ts). Reading files and noticing changes is the server's.

export {
  type ConfigLayer,
  type ConstrainedValue,
  type Constraints,
  layerOf,
  type RawValue,
  type ReadLayer,
  readLayer,
  type TaskQueueType,
} from './config-layer.ts';
export { derivedByNamespace } from './derived.ts';
export { embeddedLayer } from './embedded-layer.ts';
export { type ConfigScope, LayeredConfig } from './layered-config.ts';
export { type SettingName, type SettingValue, settingNames } from './registry.ts';
export { runLimits } from './run-limits.ts';
export type { RetryDefaults } from './setting.ts';
export { settingsPage } from './settings-page.ts';
