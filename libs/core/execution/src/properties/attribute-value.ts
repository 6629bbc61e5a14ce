// The value of one search attribute: JSON in a payload, judged by the type that its name is registered with
// (wire-contract 6.3).

import { utf8Prefix } from '@perdure/kernel';
import { readTextPayload, IndexedValueType as Type, withPayloadType } from '@perdure/wire';

const typeNames = new Map<number, string>(Object.entries(Type).map(([name, type]) => [type, name]));
/** What a message shows of a value. */
const shownBytesMax = 200;
const int64 = 2 ** 63;
const dateTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

export interface AttributeValue {
  /** The payload with the name of the registered type in its metadata. */
  readonly payload: Uint8Array;
  /** Bytes of the value itself: what the limits are about. */
  readonly bytes: number;
}

/** The value, or what is wrong with it. */
export function readAttribute(
  name: string,
  type: number,
  payload: Uint8Array,
): AttributeValue | string {
  const typeName = typeNames.get(type) ?? 'Unspecified';
  const given = readTextPayload(payload);
  const value = readValue(given.encoding, given.data);
  if (value === undefined || (value !== null && !fits(value, type))) {
    const shown = value === undefined ? `${given.encoding} ${given.data}` : show(value);
    return `invalid value for search attribute ${name} of type ${typeName}: ${utf8Prefix(shown, shownBytesMax)}`;
  }
  const typed = given.type === typeName ? payload : withPayloadType(payload, typeName);
  return { payload: typed, bytes: given.dataBytes };
}

/** Null, or an empty list: the attribute is to go. */
export function removesAttribute(payload: Uint8Array): boolean {
  const { data } = readTextPayload(payload);
  return data === '' || data === 'null' || data === '[]';
}

/** The JSON value; null for what stands for nothing; undefined for what is no JSON. */
function readValue(encoding: string, data: string): unknown {
  if (encoding === 'binary/null') return null;
  if (encoding !== 'json/plain') return undefined;
  try {
    return JSON.parse(data) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A list of one stands for its element. */
function fits(value: unknown, type: number): boolean {
  if (!Array.isArray(value)) return type !== Type.KeywordList && fitsScalar(value, type);
  if (value.length === 0) return true;
  if (type === Type.KeywordList) return value.every((each) => typeof each === 'string');
  return value.length === 1 && fitsScalar(value[0], type);
}

function fitsScalar(value: unknown, type: number): boolean {
  switch (type) {
    case Type.Text:
    case Type.Keyword:
      return typeof value === 'string';
    case Type.Int:
      return Number.isInteger(value) && Math.abs(value as number) <= int64;
    case Type.Double:
      return typeof value === 'number';
    case Type.Bool:
      return typeof value === 'boolean';
    case Type.Datetime:
      return typeof value === 'string' && isDateTime(value);
  }
  return false;
}

function isDateTime(value: string): boolean {
  const match = dateTime.exec(value);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  const date = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
  return date && hour <= 23 && minute <= 59 && second <= 59;
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
