// The search attributes of a start, an upsert or a schedule: judged and given their types in one place (wire-contract 6.3).

import { settableAttributes, systemAttributes } from '@perdure/core-list-filter';
import { noBytes, utf8Length } from '@perdure/kernel';
import { searchAttributesCodec } from '@perdure/wire';
import type { RunLimits } from '../limits.ts';
import { readAttribute, removesAttribute } from './attribute-value.ts';

/** What a namespace has registered: name -> number of `temporal.api.enums.v1.IndexedValueType`. */
export type CustomAttributes = ReadonlyMap<string, number>;

/** Encoded payloads by name. */
export type AttributeFields = Readonly<Record<string, Uint8Array>>;

export type JudgedAttributes =
  /** As given, each with its type in the metadata. */
  | { readonly ok: true; readonly fields: Record<string, Uint8Array> }
  /** `tooLarge`: nothing but a size is wrong. */
  | { readonly ok: false; readonly problem: string; readonly tooLarge: boolean };

type Limits = Pick<
  RunLimits,
  'searchAttributesMax' | 'searchAttributeBytesMax' | 'searchAttributesBytesMax'
>;

export function judgeAttributes(
  given: AttributeFields,
  custom: CustomAttributes,
  limits: Limits,
): JudgedAttributes {
  const names = Object.keys(given);
  const { searchAttributesMax, searchAttributeBytesMax, searchAttributesBytesMax } = limits;
  if (names.length > searchAttributesMax) {
    return wrong(
      `number of search attributes ${names.length} exceeds limit ${searchAttributesMax}`,
    );
  }
  const fields: Record<string, Uint8Array> = {};
  let large: string | null = null;
  let total = 0;
  for (const name of names) {
    const type = (settableAttributes.has(name) ? systemAttributes : custom).get(name);
    if (type === undefined) return wrong(unknownText(name));
    const value = readAttribute(name, type, given[name] ?? noBytes);
    if (typeof value === 'string') return wrong(value);
    fields[name] = value.payload;
    if (value.bytes > searchAttributeBytesMax) {
      large ??= `search attribute ${name} value size ${value.bytes} exceeds size limit ${searchAttributeBytesMax}`;
    }
    total += utf8Length(name) + value.bytes;
  }
  if (total > searchAttributesBytesMax) {
    large ??= `total size of search attributes ${total} exceeds size limit ${searchAttributesBytesMax}`;
  }
  return large === null ? { ok: true, fields } : { ok: false, problem: large, tooLarge: true };
}

function unknownText(name: string): string {
  return systemAttributes.has(name)
    ? `${name} attribute can't be set in SearchAttributes`
    : `search attribute ${name} is not defined`;
}

function wrong(problem: string): JudgedAttributes {
  return { ok: false, problem, tooLarge: false };
}

/** The encoded attributes with the given ones put in, or taken out; empty when none is left. */
export function mergeAttributes(encoded: Uint8Array, given: AttributeFields): Uint8Array {
  const merged = { ...searchAttributesCodec.decode(encoded).indexedFields };
  for (const [name, payload] of Object.entries(given)) {
    if (removesAttribute(payload)) delete merged[name];
    else merged[name] = payload;
  }
  if (Object.keys(merged).length === 0) return noBytes;
  return searchAttributesCodec.encode({ indexedFields: merged });
}
