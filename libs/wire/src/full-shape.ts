// What a public message is made of, for programs that build or spoil messages they know nothing of (tests of hostile input).

import protobuf from 'protobufjs/light.js';
import { fullType } from './full.ts';

export type ScalarKind = 'string' | 'bytes' | 'bool' | 'float' | 'integer' | 'long';

export interface FieldShape {
  /** As in the decoded message. */
  readonly name: string;
  readonly kind: ScalarKind | 'enum' | 'message';
  readonly repeated: boolean;
  /** A map from strings; `kind` is that of its values. */
  readonly map: boolean;
  /** Numbers of the enum's members; empty for other kinds. */
  readonly members: readonly number[];
  /** Full name of the message; empty for other kinds. */
  readonly messageName: string;
}

const kinds: Readonly<Record<string, ScalarKind>> = {
  string: 'string',
  bytes: 'bytes',
  bool: 'bool',
  double: 'float',
  float: 'float',
  int64: 'long',
  uint64: 'long',
  sint64: 'long',
  fixed64: 'long',
  sfixed64: 'long',
};

const shapes = new Map<string, readonly FieldShape[]>();

/** The fields of a public message, by its full name. Throws for an unknown name. */
export function messageShape(fullName: string): readonly FieldShape[] {
  let shape = shapes.get(fullName);
  if (shape === undefined) {
    shape = fullType(fullName).fieldsArray.map(fieldShape);
    shapes.set(fullName, shape);
  }
  return shape;
}

function fieldShape(field: protobuf.Field): FieldShape {
  const { resolvedType } = field.resolve();
  const isMessage = resolvedType instanceof protobuf.Type;
  const isEnum = resolvedType instanceof protobuf.Enum;
  return {
    name: field.name,
    kind: isMessage ? 'message' : isEnum ? 'enum' : (kinds[field.type] ?? 'integer'),
    repeated: field.repeated,
    map: field.map,
    members: isEnum ? Object.values(resolvedType.values) : [],
    messageName: isMessage ? resolvedType.fullName.replace(/^\./, '') : '',
  };
}
