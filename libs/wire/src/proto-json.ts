// Messages as protobuf's JSON: camelCase names, enum names, 64-bit integers as strings, bytes as base64, times and
// durations as text. Fields that are not on the wire are left out.
//
// Payloads are shown decoded where they hold JSON ("shorthand", as the official command line shows them) or as they
// are on the wire ("raw", which SDKs replay from).

import protobuf from 'protobufjs/light.js';
import { numberReader } from './number-reader.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type PayloadStyle = 'shorthand' | 'raw';

type Fields = Readonly<Record<string, unknown>>;
type Special = (message: Fields, type: protobuf.Type, style: PayloadStyle) => JsonValue | undefined;

const longTypes = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);

/** A decoded message of the type as JSON. */
export function protoJson(type: protobuf.Type, message: object, style: PayloadStyle): JsonValue {
  const fields = message as Fields;
  const special = specials[type.fullName]?.(fields, type, style);
  if (special !== undefined) return special;
  const json: Record<string, JsonValue> = {};
  for (const field of type.fieldsArray) {
    const value = Object.hasOwn(fields, field.name) ? fields[field.name] : undefined;
    if (value === undefined || value === null || isEmptyList(field, value)) continue;
    json[field.name] = fieldJson(field, value, style);
  }
  return json;
}

/** A decoded message holds an empty list or map where none was sent. */
function isEmptyList(field: protobuf.Field, value: unknown): boolean {
  return (field.repeated || field.map) && Object.keys(value as object).length === 0;
}

function fieldJson(field: protobuf.Field, value: unknown, style: PayloadStyle): JsonValue {
  if (field.map) {
    const entries = Object.entries(value as Fields);
    return Object.fromEntries(entries.map(([key, of]) => [key, elementJson(field, of, style)]));
  }
  if (field.repeated) return (value as unknown[]).map((of) => elementJson(field, of, style));
  return elementJson(field, value, style);
}

function elementJson(field: protobuf.Field, value: unknown, style: PayloadStyle): JsonValue {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) {
    return resolvedType.valuesById[value as number] ?? (value as number);
  }
  if (resolvedType instanceof protobuf.Type) return protoJson(resolvedType, value as object, style);
  if (value instanceof Uint8Array) return base64(value);
  if (longTypes.has(field.type)) return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value as JsonValue;
}

const base64 = (bytes: Uint8Array): string => protobuf.util.base64.encode(bytes, 0, bytes.length);
const text = (bytes: Uint8Array): string => protobuf.util.utf8.read(bytes, 0, bytes.length);

const specials: Readonly<Record<string, Special>> = {
  '.google.protobuf.Timestamp': (message) => {
    const { seconds = 0, nanos = 0 } = message as { seconds?: number; nanos?: number };
    return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction(nanos)}Z`;
  },
  '.google.protobuf.Duration': (message) => {
    const { seconds = 0, nanos = 0 } = message as { seconds?: number; nanos?: number };
    const sign = seconds < 0 || nanos < 0 ? '-' : '';
    return `${sign}${Math.abs(seconds)}${fraction(Math.abs(nanos))}s`;
  },
  '.google.protobuf.FieldMask': (message) => ((message['paths'] ?? []) as string[]).join(','),
  '.google.protobuf.Any': (message, type, style) => {
    const name = (message['type_url'] ?? '') as string;
    const known = type.root.lookup(name.slice(name.lastIndexOf('/') + 1));
    if (!(known instanceof protobuf.Type)) return undefined;
    const held = protoJson(
      known,
      known.decode(numberReader(message['value'] as Uint8Array)),
      style,
    );
    return { '@type': name, ...(held as object) };
  },
  '.temporal.api.common.v1.Payload': (message, _type, style) =>
    style === 'raw' ? undefined : shorthandPayload(message),
  '.temporal.api.common.v1.Payloads': (message, type, style) => {
    if (style === 'raw') return undefined;
    const payload = type.fields['payloads']?.resolvedType as protobuf.Type;
    return ((message['payloads'] ?? []) as object[]).map((of) => protoJson(payload, of, style));
  },
};

/** Nanoseconds as the digits after the point: none, 3, 6 or 9 of them. */
function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '');
  return `.${digits}`;
}

const isObject = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a payload holds, where JSON says all of it: it has an encoding and no metadata besides. Otherwise undefined. */
export function shorthandPayload(payload: Fields): JsonValue | undefined {
  const { encoding, messageType, ...rest } = (payload['metadata'] ?? {}) as Record<
    string,
    Uint8Array
  >;
  if (encoding === undefined || Object.keys(rest).length > 0) return undefined;
  const name = text(encoding);
  if (name === 'binary/null') return null;
  if (name !== 'json/plain' && name !== 'json/protobuf') return undefined;
  const value = exactJson(text((payload['data'] ?? new Uint8Array(0)) as Uint8Array));
  if (name === 'json/plain' || value === undefined)
    return messageType === undefined ? value : undefined;
  if (messageType === undefined || !isObject(value)) return undefined;
  return { ...value, _protoMessageType: text(messageType) };
}

// Text that JSON.stringify writes as it is (ES2026; in V8 since 11.4).
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => JsonValue };

/** JSON whose numbers are written again exactly as they were read. Undefined for text that is not JSON. */
function exactJson(json: string): JsonValue | undefined {
  const keep = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? rawJSON(context.source)
      : value;
  try {
    return JSON.parse(json, keep as (key: string, value: unknown) => unknown) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
