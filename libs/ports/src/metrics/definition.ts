// What is said of a metric where it is declared.

export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** What a histogram observes: durations in µs, shown in seconds; sizes in bytes; plain numbers. */
export type HistogramUnit = 'seconds' | 'bytes' | 'count';

export interface MetricDefinition {
  readonly kind: MetricKind;
  readonly help: string;
  /** Names of the labels, in the order in which their values are given. */
  readonly labels?: readonly string[];
  /** Labels whose values users choose freely: past the bound of a family they read "_other_". */
  readonly open?: readonly string[];
  /** Labels with one value. */
  readonly constant?: Readonly<Record<string, string>>;
  /** Of a histogram. */
  readonly unit?: HistogramUnit;
}

/** Where a call or task has no namespace that is known. */
export const unknownNamespace = '_unknown_';
/** Where a family has as many values of a label as it may. */
export const otherValue = '_other_';
/** In place of the queue names of workers: one for each worker process that ever was. */
export const stickyQueue = '__sticky__';
