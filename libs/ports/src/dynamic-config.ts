// The dynamic configuration: settings that may change while the process runs.

import type { ConfigScope, SettingName, SettingValue } from '@perdure/core-dynamic-config';

export interface DynamicConfig {
  /**
   * Grows with every change. Who needs values at every call derives what it needs once, keeps the generation, and
   * derives again when it is another.
   */
  readonly generation: number;
  /** The value for this asker, typed and checked. Costs one or two look-ups in a map. */
  value<K extends SettingName>(name: K, scope?: ConfigScope): SettingValue<K>;
}
