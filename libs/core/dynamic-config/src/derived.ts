// What is derived from the settings of a namespace, once per change of the configuration: for who needs it at every call.

import type { LayeredConfig } from './layered-config.ts';

/**
 * The derived value of a namespace. A namespace is to be asked for only when it is known: there are as many entries as
 * namespaces that were asked for.
 */
export function derivedByNamespace<T, C extends Pick<LayeredConfig, 'generation' | 'value'>>(
  config: C,
  derive: (config: C, namespace: string) => T,
): (namespace: string) => T {
  const known = new Map<string, T>();
  let { generation } = config;
  return (namespace) => {
    if (generation !== config.generation) {
      known.clear();
      ({ generation } = config);
    }
    let derived = known.get(namespace);
    if (derived === undefined) {
      derived = derive(config, namespace);
      known.set(namespace, derived);
    }
    return derived;
  };
}
