// Layers of values over the defaults: the first layer that has a value for the asker wins, in it the most specific value.

import type { ConfigLayer, ConstrainedValue, TaskQueueType } from './config-layer.ts';
import { type SettingName, type SettingValue, settingNames, settingOf } from './registry.ts';

/** Who asks. What is absent matches only values without that constraint. */
export interface ConfigScope {
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly taskQueueType?: TaskQueueType;
}

const anybody: ConfigScope = {};

export class LayeredConfig {
  #layers: readonly ConfigLayer[];
  #generation = 0;
  /** Values that hold for everybody: most settings have no other. */
  #plain = new Map<SettingName, unknown>();
  /** Of the others all values, in the order in which they are tried. */
  #constrained = new Map<SettingName, readonly ConstrainedValue[]>();

  /** The first layer wins. */
  constructor(...layers: readonly ConfigLayer[]) {
    this.#layers = layers;
    this.#resolve();
  }

  /** Grows with every change of a layer. What was derived from values is good while it stays. */
  get generation(): number {
    return this.#generation;
  }

  value<K extends SettingName>(name: K, scope: ConfigScope = anybody): SettingValue<K> {
    for (const candidate of this.#constrained.get(name) ?? []) {
      if (matches(candidate, scope)) return candidate.value as SettingValue<K>;
    }
    return this.#plain.get(name) as SettingValue<K>;
  }

  replace(index: number, layer: ConfigLayer): void {
    this.#layers = this.#layers.with(index, layer);
    this.#generation += 1;
    this.#resolve();
  }

  #resolve(): void {
    this.#plain = new Map();
    this.#constrained = new Map();
    for (const name of settingNames) {
      const values = this.#layers.flatMap((layer) => layer.get(name) ?? []);
      // What stands behind a value for everybody is never reached.
      const last = values.findIndex(({ constraints }) => Object.keys(constraints).length === 0);
      this.#plain.set(name, last === -1 ? settingOf(name).default : values[last]?.value);
      const before = last === -1 ? values : values.slice(0, last);
      if (before.length > 0) this.#constrained.set(name, before);
    }
  }
}

function matches({ constraints }: ConstrainedValue, scope: ConfigScope): boolean {
  const { namespace, taskQueue, taskQueueType } = constraints;
  return (
    (namespace === undefined || namespace === scope.namespace) &&
    (taskQueue === undefined || taskQueue === scope.taskQueue) &&
    (taskQueueType === undefined || taskQueueType === scope.taskQueueType)
  );
}
