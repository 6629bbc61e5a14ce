// Values from one source, read against the table: what holds for whom, what is wrong, what is not known.

import { nearest } from '@perdure/kernel';
import { isKnownName, knownNames } from './known-names.ts';
import { parseValue } from './parse-value.ts';
import {
  findSetting,
  type SettingName,
  type SettingValue,
  settingNames,
  settingOf,
} from './registry.ts';
import type { Reach } from './setting.ts';

/** Whom a value is for; an absent field means anybody. */
export interface Constraints {
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly taskQueueType?: TaskQueueType;
}

export type TaskQueueType = 'workflow' | 'activity' | 'nexus';

export interface ConstrainedValue {
  readonly value: unknown;
  readonly constraints: Constraints;
}

/** The values of one source, of each setting the most specific first. */
export type ConfigLayer = ReadonlyMap<SettingName, readonly ConstrainedValue[]>;

/** A value as its source has it. */
export interface RawValue {
  readonly name: string;
  readonly value: unknown;
  readonly constraints: Readonly<Record<string, unknown>>;
  /** For messages: the file with its line, or the flag. */
  readonly place: string;
}

export interface ReadLayer {
  readonly layer: ConfigLayer;
  /** What makes the source unusable, one line each: setting, place, cure. */
  readonly problems: readonly string[];
  /** Settings that nobody knows, one line each with the name that was probably meant. */
  readonly unknown: readonly string[];
  /** Settings that Temporal has and that mean nothing here. */
  readonly withoutEffect: readonly string[];
}

export function readLayer(values: readonly RawValue[]): ReadLayer {
  const layer = new Map<SettingName, ConstrainedValue[]>();
  const problems: string[] = [];
  const unknown = new Set<string>();
  const withoutEffect = new Set<string>();
  for (const raw of values) {
    const name = findSetting(raw.name);
    if (name === undefined) {
      if (isKnownName(raw.name)) withoutEffect.add(raw.name);
      else unknown.add(unknownName(raw));
      continue;
    }
    const read = readValue(name, raw);
    if (typeof read === 'string') problems.push(`${name} (${raw.place}): ${read}`);
    else layer.set(name, [...(layer.get(name) ?? []), read]);
  }
  for (const list of layer.values()) {
    list.sort((one, other) => weight(other.constraints) - weight(one.constraints));
  }
  return { layer, problems, unknown: [...unknown], withoutEffect: [...withoutEffect] };
}

/** A layer of values for everybody, which the compiler has checked. */
export function layerOf(values: { readonly [K in SettingName]?: SettingValue<K> }): ConfigLayer {
  const entries = Object.entries(values) as [SettingName, unknown][];
  return new Map(entries.map(([name, value]) => [name, [{ value, constraints: {} }]]));
}

/** A queue's name counts for more than a namespace, a namespace for more than a type of queue. */
function weight({ namespace, taskQueue, taskQueueType }: Constraints): number {
  return (
    (taskQueue === undefined ? 0 : 4) +
    (namespace === undefined ? 0 : 2) +
    (taskQueueType === undefined ? 0 : 1)
  );
}

function unknownName({ name, place }: RawValue): string {
  const meant = nearest(name, [...settingNames, ...knownNames]);
  return `unknown setting ${name} (${place})${meant === undefined ? '' : `, did you mean ${meant}?`}`;
}

/** The value, or what is wrong with it. */
function readValue(name: SettingName, raw: RawValue): ConstrainedValue | string {
  const setting = settingOf(name);
  const constraints = readConstraints(raw.constraints, setting.reach);
  if (typeof constraints === 'string') return constraints;
  const parsed = parseValue(setting, raw.value);
  if (parsed.ok) return { value: parsed.value, constraints };
  return `${JSON.stringify(raw.value)} is no value for it: write ${parsed.wanted}`;
}

/** The constraint under the names that upstream's files have for it. */
const constraintNames: ReadonlyMap<string, keyof Constraints> = new Map([
  ['namespace', 'namespace'],
  ['taskqueuename', 'taskQueue'],
  ['tasktype', 'taskQueueType'],
  ['taskqueuetype', 'taskQueueType'],
]);

const allowedFor: Readonly<Record<Reach, readonly (keyof Constraints)[]>> = {
  all: [],
  namespace: ['namespace'],
  taskQueue: ['namespace', 'taskQueue', 'taskQueueType'],
};

const cures: Readonly<Record<Reach, string>> = {
  all: 'it holds for the whole server: leave out its constraints',
  namespace: 'its only constraint is namespace',
  taskQueue: 'its constraints are namespace, taskQueueName and taskType',
};

function readConstraints(raw: RawValue['constraints'], reach: Reach): Constraints | string {
  const constraints: { -readonly [K in keyof Constraints]: Constraints[K] } = {};
  for (const [name, value] of Object.entries(raw)) {
    const field = constraintNames.get(name.toLowerCase());
    if (field === undefined || !allowedFor[reach].includes(field)) {
      return `the constraint ${name} is not possible, ${cures[reach]}`;
    }
    if (field === 'taskQueueType') {
      const type = taskQueueTypeOf(value);
      if (type === undefined) return `the constraint ${name} is Workflow, Activity or Nexus`;
      constraints.taskQueueType = type;
    } else if (typeof value === 'string' && value !== '') constraints[field] = value;
    else return `the constraint ${name} is a name`;
  }
  return constraints;
}

/** By name, or by number as in the API. */
function taskQueueTypeOf(value: unknown): TaskQueueType | undefined {
  const types = ['workflow', 'activity', 'nexus'] as const;
  if (typeof value === 'number') return types[value - 1];
  return types.find((type) => type === String(value).toLowerCase());
}
