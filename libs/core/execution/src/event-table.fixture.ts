// Histories as tables, as wire-contract section 8 writes them: one row per event, `id Type key=value ...`, with the
// attributes that a test cares about. A history is shown with the keys that the table's row of that place names, so the
// two lists are equal or show at once where they differ. User data shows as text, durations as `10s`, enums by name.

import {
  ContinueAsNewInitiator,
  decodeFailure,
  EventType,
  type HistoryEvent,
  RetryState,
  TaskQueueKind,
  TimeoutType,
  WorkflowTaskFailedCause,
} from '@perdure/wire';

const enumsByField: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  initiator: ContinueAsNewInitiator,
  timeoutType: TimeoutType,
  retryState: RetryState,
  kind: TaskQueueKind,
  cause: WorkflowTaskFailedCause,
};
const failureFields = new Set(['failure', 'lastFailure', 'continuedFailure', 'cause']);

interface Row {
  readonly id: number;
  readonly type: string;
  readonly keys: readonly (readonly [key: string, value: string])[];
}

export function nameOf(values: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(values).find(([, each]) => each === value)?.[0] ?? String(value);
}

export function typeName(event: HistoryEvent): string {
  return nameOf(EventType, event.eventType);
}

/** The rows of a table in their normal form. */
export function tableRows(table: string): string[] {
  return parseTable(table).map(formatRow);
}

/** The rows of a history. */
export function historyRows(events: readonly HistoryEvent[], table: string): string[] {
  const rows = parseTable(table);
  return events.map((event, index) => {
    const row = rows[index];
    const type = typeName(event);
    const keys = row?.type === type ? row.keys : [];
    const attributes = attributesOf(event);
    return formatRow({
      id: event.eventId,
      type,
      keys: keys.map(([key]) => [key, read(attributes, key.split('.'))] as const),
    });
  });
}

/** The attributes of an event, with what stands beside them on the event. */
export function attributesOf(event: HistoryEvent): Readonly<Record<string, unknown>> {
  const type = typeName(event);
  const field = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventAttributes`;
  const all = event as unknown as Record<string, Record<string, unknown> | null>;
  return Object.assign(Object.create(all[field] ?? null) as object, {
    userMetadata: event.userMetadata,
  });
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
  return `${id} ${type}${keys.map(([key, value]) => ` ${key}=${value}`).join('')}`;
}

function read(message: unknown, path: readonly string[]): string {
  const [field, ...rest] = path;
  if (field === undefined || message === null || message === undefined) return 'none';
  const value = (message as Record<string, unknown>)[field];
  if (failureFields.has(field) && value instanceof Uint8Array && rest.length > 0) {
    return value.length === 0 ? 'none' : read(decodeFailure(value), rest);
  }
  return rest.length > 0 ? read(value, rest) : show(field, value);
}

function show(field: string, value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'number') {
    const values = enumsByField[field];
    return values === undefined ? String(value) : nameOf(values, value);
  }
  if (value instanceof Uint8Array) return value.length === 0 ? 'none' : text(value);
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object') {
    const { seconds = 0, nanos = 0 } = value as { seconds?: number; nanos?: number };
    return `${seconds + nanos / 1e9}s`;
  }
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : typeof value;
}

/** User data of a test is plain text; of anything else the printable part shows. */
function text(bytes: Uint8Array): string {
  let shown = '';
  for (const byte of bytes) if (byte > 32 && byte < 127) shown += String.fromCharCode(byte);
  return shown;
}
