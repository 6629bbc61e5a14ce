// The values of search attributes as an index holds them (wire-contract 6.3). What is not a value of the attribute's type
// is not indexed: whoever sets attributes checks them, and what older versions let through is in no list.

import { payloadText, searchAttributesCodec, IndexedValueType as Type } from '@perdure/wire';
import type { AttributeTypes } from './attributes.ts';
import type { AttributeValue, IndexedAttribute } from './filter.ts';
import { parseTimestamp } from './timestamp.ts';
import { wordsOf } from './words.ts';

const none: readonly IndexedAttribute[] = [];

/** `bytes`: an encoded SearchAttributes, empty when there are none. */
export function indexedAttributes(
  bytes: Uint8Array,
  types: AttributeTypes,
): readonly IndexedAttribute[] {
  if (bytes.length === 0) return none;
  const { indexedFields } = searchAttributesCodec.decode(bytes);
  return Object.entries(indexedFields).flatMap(([name, payload]) => {
    const type = types(name);
    const values = type === undefined ? [] : indexedValues(payload, type);
    return values.length === 0 ? [] : [{ name, values }];
  });
}

function indexedValues(payload: Uint8Array, type: number): AttributeValue[] {
  const text = payloadText(payload);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const many = type === Type.KeywordList;
  if (!Array.isArray(json)) return valuesOf(json, text, type);
  if (!many && json.length > 1) return [];
  return [...new Set(json.flatMap((element) => valuesOf(element, JSON.stringify(element), type)))];
}

/** The value as values of the type; `text` is its JSON, in which a large whole number is exact. */
function valuesOf(json: unknown, text: string, type: number): AttributeValue[] {
  if (typeof json === 'number') {
    if (type === Type.Double) return [json];
    return type === Type.Int && /^\s*-?\d+\s*$/.test(text) ? [BigInt(text)] : [];
  }
  if (typeof json === 'boolean') return type === Type.Bool ? [json] : [];
  if (typeof json !== 'string') return [];
  if (type === Type.Keyword || type === Type.KeywordList) return [json];
  if (type === Type.Text) return wordsOf(json);
  const timeUs = type === Type.Datetime ? parseTimestamp(json) : undefined;
  return timeUs === undefined ? [] : [timeUs];
}
