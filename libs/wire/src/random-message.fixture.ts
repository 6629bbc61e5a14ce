// Random messages of any published type, in the plain form that the published encoders take.

import protobuf from 'protobufjs/light.js';
import { readPublishedDescriptors } from './descriptors.ts';

/** A number below the bound, of a random source. */
export type Draw = (bound: number) => number;
export type Plain = Record<string, unknown>;

const published = protobuf.Root.fromJSON(readPublishedDescriptors() as protobuf.INamespace);

export function publishedType(fullName: string): protobuf.Type {
  return published.lookupType(fullName);
}

/** Messages nest at most `depth` deep; each field is there or not, of a oneof at most one. */
export function randomMessage(type: protobuf.Type, draw: Draw, depth: number): Plain {
  const message: Plain = {};
  const chosen = new Set<protobuf.OneOf>();
  for (const field of type.fieldsArray) {
    field.resolve();
    const oneof = field.partOf;
    if (draw(3) === 0 || (oneof !== null && chosen.has(oneof))) continue;
    const value = randomField(field, draw, depth);
    if (value === undefined) continue;
    if (oneof !== null) chosen.add(oneof);
    message[field.name] = value;
  }
  return message;
}

function randomField(field: protobuf.Field, draw: Draw, depth: number): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type && depth === 0) return undefined;
  const one = (): unknown =>
    resolvedType instanceof protobuf.Type
      ? randomMessage(resolvedType, draw, depth - 1)
      : randomScalar(resolvedType === null ? field.type : 'enum', draw);
  if (field instanceof protobuf.MapField) {
    const key = (): string => (field.keyType === 'string' ? randomText(draw) : String(draw(9)));
    return Object.fromEntries(Array.from({ length: draw(3) }, () => [key(), one()]));
  }
  return field.repeated ? Array.from({ length: draw(3) }, one) : one();
}

function randomScalar(type: string, draw: Draw): unknown {
  switch (type) {
    case 'string':
      return randomText(draw);
    case 'bytes':
      return Uint8Array.from({ length: draw(9) }, () => draw(256));
    case 'bool':
      return draw(2) === 1;
    case 'float':
    case 'double':
      return draw(1000) / 8;
    case 'enum':
    case 'uint32':
      return draw(5);
    case 'int32':
    case 'sint32':
      return draw(2000) - 1000;
    case 'uint64':
      return draw(2 ** 31) * 2 ** draw(22);
    default:
      return (draw(2 ** 31) - 2 ** 30) * 2 ** draw(22);
  }
}

function randomText(draw: Draw): string {
  return ['', 'a', 'key', 'été', '😀', 'x'.repeat(200)][draw(6)] ?? '';
}
