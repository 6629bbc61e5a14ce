// The metrics of one process: made where things are measured, read where they are shown.
//
// The catalogue says which there are. One that nobody asked for is not shown; a gauge is read at the scrape.

import { type CounterName, catalogue, type GaugeName, type HistogramName } from './catalogue.ts';
import type { MetricDefinition } from './definition.ts';
import { type Counter, Family, Histogram } from './instruments.ts';

/** A value of a gauge, with the values of its labels. */
export interface GaugeValue {
  readonly labels: readonly string[];
  readonly value: number;
}

/** What a gauge shows now. */
export type GaugeReader = () => number | Iterable<GaugeValue> | Promise<number>;

export type Shown =
  | { readonly name: string; readonly kind: 'counter'; readonly family: Family<Counter> }
  | { readonly name: string; readonly kind: 'histogram'; readonly family: Family<Histogram> }
  /** Gauges, and counters that are kept elsewhere. */
  | {
      readonly name: string;
      readonly kind: 'pulled';
      readonly definition: MetricDefinition;
      readonly readers: readonly GaugeReader[];
    };

/** Combinations of freely chosen label values that one metric keeps apart. */
const childrenMaxDefault = 1_000;

export class Metrics {
  readonly #childrenMax: number;
  readonly #counters = new Map<string, Family<Counter>>();
  readonly #histograms = new Map<string, Family<Histogram>>();
  readonly #pulled = new Map<string, GaugeReader[]>();

  constructor(childrenMax = childrenMaxDefault) {
    this.#childrenMax = childrenMax;
  }

  counter(name: CounterName): Family<Counter> {
    let family = this.#counters.get(name);
    if (family === undefined) {
      family = new Family(catalogue[name], () => ({ value: 0 }), this.#childrenMax);
      this.#counters.set(name, family);
    }
    return family;
  }

  histogram(name: HistogramName): Family<Histogram> {
    let family = this.#histograms.get(name);
    if (family === undefined) {
      const definition: MetricDefinition = catalogue[name];
      const { unit = 'seconds' } = definition;
      family = new Family(definition, () => new Histogram(unit), this.#childrenMax);
      this.#histograms.set(name, family);
    }
    return family;
  }

  /** Shows what `read` says at each scrape: a gauge, or a counter that is kept elsewhere. */
  pull(name: GaugeName | CounterName, read: GaugeReader): void {
    const readers = this.#pulled.get(name);
    if (readers === undefined) this.#pulled.set(name, [read]);
    else readers.push(read);
  }

  /** Everything there is to show, by name. */
  *shown(): Iterable<Shown> {
    for (const [name, family] of this.#counters) yield { name, kind: 'counter', family };
    for (const [name, family] of this.#histograms) yield { name, kind: 'histogram', family };
    for (const [name, readers] of this.#pulled) {
      const definition: MetricDefinition = catalogue[name as GaugeName];
      yield { name, kind: 'pulled', definition, readers };
    }
  }
}
