// Histories as tables: one row per event, `id Type key=value ...`, with the attributes a test cares about.
//
// A table is data. `tableRows` reads one; `historyRows` renders a real history with the same keys per row, so
// that comparing the two lists shows ids, types, order and attributes at once. A value with blanks is quoted.
// Payloads show as their JSON values, failures by `failure.message` and the like, durations as `10s`, enums by name.

import { type HistoryEvent, publicEnum } from '@perdure/wire';
import { readFailure, readPayloads } from './payload.ts';

const enumsByField: Readonly<Record<string, string>> = {
  timeoutType: 'TIMEOUT_TYPE',
  retryState: 'RETRY_STATE',
  initiator: 'CONTINUE_AS_NEW_INITIATOR',
  kind: 'TASK_QUEUE_KIND',
  cause: 'WORKFLOW_TASK_FAILED_CAUSE',
};
const payloadFields = new Set([
  'input',
  'result',
  'details',
  'lastHeartbeatDetails',
  'lastCompletionResult',
]);
const failureFields = new Set(['failure', 'lastFailure', 'continuedFailure', 'cause']);

interface Row {
  readonly id: number;
  readonly type: string;
  readonly keys: readonly (readonly [key: string, value: string])[];
}

/** The rows of a table, in their normal form. */
export function tableRows(table: string): string[] {
  return parseTable(table).map(formatRow);
}

/** The rows of a history, each with the keys that the table's row of that place has. */
export function historyRows(events: readonly HistoryEvent[], table: string): string[] {
  const rows = parseTable(table);
  return events.map((event, index) => {
    const attributes = attributesOf(event);
    const type = eventTypeName(event.eventType);
    const row = rows[index];
    const keys = row?.type === type ? row.keys : [];
    return formatRow({
      id: event.eventId,
      type,
      keys: keys.map(([key]) => [key, readPath(attributes, key.split('.'))] as const),
    });
  });
}

/** `WorkflowExecutionStarted` for 1. */
export function eventTypeName(type: number): string {
  let name = typeNames.get(type);
  if (name === undefined) {
    name = pascal(enumName('EVENT_TYPE', type));
    typeNames.set(type, name);
  }
  return name;
}

const typeNames = new Map<number, string>();

/** The attributes message of an event. */
export function attributesOf(event: HistoryEvent): Readonly<Record<string, unknown>> {
  const field = attributesField(eventTypeName(event.eventType));
  return (event as unknown as Record<string, Record<string, unknown> | null>)[field] ?? {};
}

/** The field of `HistoryEvent` that holds the attributes of a type. */
export function attributesField(type: string): string {
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventAttributes`;
}

function parseTable(table: string): Row[] {
  const lines = table.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [, id, type, rest] = /^(\d+)\s+(\w+)(.*)$/.exec(line) ?? [];
      if (id === undefined || type === undefined) throw new Error(`not a row: ${line}`);
      const keys = [...(rest ?? '').matchAll(/([\w.]+)=("[^"]*"|\S*)/g)].map(
        ([, key, value]) => [key ?? '', (value ?? '').replace(/^"(.*)"$/, '$1')] as const,
      );
      return { id: Number(id), type, keys };
    });
}

function formatRow({ id, type, keys }: Row): string {
  const pairs = keys.map(
    ([key, value]) => ` ${key}=${/[\s]|^$/.test(value) ? `"${value}"` : value}`,
  );
  return `${id} ${type}${pairs.join('')}`;
}

function readPath(message: unknown, path: readonly string[]): string {
  const [field, ...rest] = path;
  if (field === undefined || message === null || message === undefined) return 'none';
  const value = (message as Record<string, unknown>)[field];
  if (failureFields.has(field) && value instanceof Uint8Array) {
    return value.length === 0 ? 'none' : readPath(readFailure(value), rest);
  }
  return rest.length > 0 ? readPath(value, rest) : formatValue(field, value);
}

function formatValue(field: string, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'number') {
    const prefix = enumsByField[field];
    return prefix === undefined ? String(value) : enumName(prefix, value);
  }
  if (value instanceof Uint8Array) return formatBytes(field, value);
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object')
    return formatDuration(value as { seconds?: number; nanos?: number });
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function formatBytes(field: string, bytes: Uint8Array): string {
  if (bytes.length === 0) return 'none';
  if (!payloadFields.has(field)) return `${bytes.length} bytes`;
  const values = readPayloads(bytes);
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join();
}

function formatDuration({ seconds = 0, nanos = 0 }: { seconds?: number; nanos?: number }): string {
  return `${seconds + nanos / 1e9}s`;
}

const names = new Map<string, Map<number, string>>();

/** The name of an enum's value without the enum's prefix; the prefix also names the enum. */
export function enumName(prefix: string, value: number): string {
  let byValue = names.get(prefix);
  if (byValue === undefined) {
    const entries = Object.entries(publicEnum(`temporal.api.enums.v1.${pascal(prefix)}`));
    byValue = new Map(entries.map(([name, number]) => [number, name.slice(prefix.length + 1)]));
    names.set(prefix, byValue);
  }
  return byValue.get(value) ?? String(value);
}

const values = new Map<string, number>();

/** The value of a public enum's member: `enumValue('COMMAND_TYPE', 'START_TIMER')`. */
export function enumValue(prefix: string, member: string): number {
  const name = `${prefix}_${member}`;
  const value = values.get(name) ?? publicEnum(`temporal.api.enums.v1.${pascal(prefix)}`)[name];
  if (value === undefined) throw new Error(`${prefix} has no ${member}`);
  values.set(name, value);
  return value;
}

function pascal(upper: string): string {
  return upper
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
