// Counters and histograms as data: whoever measures adds to a number, whoever scrapes reads it. Nothing is computed,
// allocated or called in between.

import { type HistogramUnit, type MetricDefinition, otherValue } from './definition.ts';

export interface Counter {
  value: number;
}

/** Upper bounds of the buckets, in the unit observed. Those of durations are the official server's, and three below. */
export const bucketBounds: Readonly<Record<HistogramUnit, readonly number[]>> = {
  seconds: [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9].flatMap((step) =>
    step === 1e9 ? [step] : [step, 2 * step, 5 * step],
  ),
  bytes: Array.from({ length: 18 }, (_, i) => 1024 * 2 ** i),
  count: [1, 10, 100, 1_000, 10_000, 100_000].flatMap((step) => [step, 2 * step, 5 * step]),
};

export class Histogram {
  readonly unit: HistogramUnit;
  /** Observations by bucket, not cumulated; the last is for what is above all bounds. */
  readonly counts: Float64Array;
  sum = 0;
  readonly #bounds: readonly number[];

  constructor(unit: HistogramUnit) {
    this.unit = unit;
    this.#bounds = bucketBounds[unit];
    this.counts = new Float64Array(this.#bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sum += value;
  }
}

/** One metric with all the combinations of label values that have occurred. */
export class Family<T> {
  readonly definition: MetricDefinition;
  /** By label values. */
  readonly children = new Map<string, { readonly labels: readonly string[]; readonly child: T }>();
  readonly #make: () => T;
  readonly #childrenMax: number;

  constructor(definition: MetricDefinition, make: () => T, childrenMax: number) {
    this.definition = definition;
    this.#make = make;
    this.#childrenMax = childrenMax;
  }

  /** The instrument of these label values. Worth keeping where it is used at every call. */
  of(...labels: readonly string[]): T {
    const key = labels.join('\0');
    return this.children.get(key)?.child ?? this.#open(labels, key);
  }

  #open(labels: readonly string[], key: string): T {
    const { labels: names = [], open = [] } = this.definition;
    if (open.length > 0 && this.children.size >= this.#childrenMax) {
      const bounded = labels.map((value, i) =>
        open.includes(names[i] as string) ? otherValue : value,
      );
      const boundedKey = bounded.join('\0');
      if (boundedKey !== key) return this.of(...bounded);
    }
    const child = this.#make();
    this.children.set(key, { labels, child });
    return child;
  }
}
