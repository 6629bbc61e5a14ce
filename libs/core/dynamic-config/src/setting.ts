// What one setting is: its type, how far it reaches, its default. The table of all of them is registry.ts.

export type SettingType = 'int' | 'float' | 'bool' | 'duration' | 'retryPolicy';

/** The narrowest thing that may have a value of its own. */
export type Reach = 'all' | 'namespace' | 'taskQueue';

/** What a retry policy that leaves something out is completed with. */
export interface RetryDefaults {
  readonly initialIntervalUs: number;
  readonly backoffCoefficient: number;
  /** The longest interval, in initial intervals. */
  readonly maximumIntervalCoefficient: number;
  readonly maximumAttempts: number;
}

export interface Setting<T> {
  readonly type: SettingType;
  readonly reach: Reach;
  readonly default: T;
  /** Of a number: `bytes`, `calls/s`; empty where the name says it. A duration is counted in µs inside. */
  readonly unit: string;
  /** The smallest number that makes sense. */
  readonly least: number;
  /** Read once, when the server starts: a later change waits for the next start. */
  readonly atStart: boolean;
  readonly description: string;
}

interface Options {
  readonly reach?: Reach;
  readonly unit?: string;
  readonly least?: number;
  readonly atStart?: boolean;
}

function setting<T>(
  type: SettingType,
  value: T,
  description: string,
  options: Options,
): Setting<T> {
  const { reach = 'namespace', unit = '', least = 0, atStart = false } = options;
  return { type, reach, default: value, unit, least, atStart, description };
}

export const int = (value: number, description: string, options: Options = {}): Setting<number> =>
  setting('int', value, description, options);

export const float = (value: number, description: string, options: Options = {}): Setting<number> =>
  setting('float', value, description, options);

export const bool = (
  value: boolean,
  description: string,
  options: Options = {},
): Setting<boolean> => setting('bool', value, description, options);

/** `us`: the default in µs. */
export const duration = (us: number, description: string, options: Options = {}): Setting<number> =>
  setting('duration', us, description, options);

export const retryPolicy = (
  value: RetryDefaults,
  description: string,
  options: Options = {},
): Setting<RetryDefaults> => setting('retryPolicy', value, description, options);
