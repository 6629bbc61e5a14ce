// Published descriptors (protobufjs' JSON) as protobuf's own file descriptors, for server reflection.
//
// The JSON no longer says which file a definition came from, so there is one file per package. That works because no
// two packages of the API import each other; a test holds it.

import type { google } from '@temporalio/proto';
import { type Init, publicCodec } from './codec.ts';
import { type FieldJson, type NodeJson, resolveName } from './descriptors.ts';

/** A message, enum or service, with the file of the outermost definition around it. */
export interface Definition {
  readonly node: NodeJson;
  readonly path: readonly string[];
  readonly file: string;
}

/** By full name. */
export type Definitions = ReadonlyMap<string, Definition>;

type FileProto = Init<google.protobuf.IFileDescriptorProto>;
type MessageProto = Init<google.protobuf.IDescriptorProto>;
type FieldProto = Init<google.protobuf.IFieldDescriptorProto>;

/** Clients have Google's well-known messages by these files; a name of ours would define them twice. */
const wellKnownFiles: Readonly<Record<string, string>> = {
  Any: 'any',
  Duration: 'duration',
  Empty: 'empty',
  FieldMask: 'field_mask',
  ListValue: 'struct',
  NullValue: 'struct',
  Struct: 'struct',
  Timestamp: 'timestamp',
  Value: 'struct',
};

function fileOf(path: readonly string[]): string {
  const folder = path.slice(0, -1).join('/');
  if (folder !== 'google/protobuf') return `${folder}/all.proto`;
  return `${folder}/${wellKnownFiles[path.at(-1) ?? ''] ?? 'wrappers'}.proto`;
}

/** All definitions below the node, but for those of proto2: descriptors of descriptors, which no service mentions. */
export function findDefinitions(root: NodeJson): Definitions {
  const found = new Map<string, Definition>();
  const visit = (node: NodeJson, path: readonly string[], outer: string | undefined): void => {
    if (node.edition !== undefined) return;
    const defines = node.fields ?? node.values ?? node.methods;
    const file = defines === undefined ? undefined : (outer ?? fileOf(path));
    if (file !== undefined) found.set(path.join('.'), { node, path, file });
    for (const [name, child] of Object.entries(node.nested ?? {}))
      visit(child, [...path, name], file);
  };
  visit(root, [], undefined);
  return found;
}

const messageType = 11;
const enumType = 14;
const scalarTypes: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
const labels = { optional: 1, repeated: 3 } as const;

/** One file while it is made: what its definitions mention becomes its imports. */
class FileBuilder {
  readonly #all: Definitions;
  readonly #imports = new Set<string>();

  constructor(all: Definitions) {
    this.#all = all;
  }

  build(name: string): FileProto {
    const own = [...this.#all.values()].filter(
      ({ file, path }) => file === name && !this.#all.has(path.slice(0, -1).join('.')),
    );
    const file = {
      name,
      package: own[0]?.path.slice(0, -1).join('.') ?? '',
      messageType: own.filter(({ node }) => node.fields !== undefined).map((d) => this.#message(d)),
      enumType: own.filter(({ node }) => node.values !== undefined).map(enumProto),
      service: own.filter(({ node }) => node.methods !== undefined).map((d) => this.#service(d)),
      syntax: 'proto3',
    };
    this.#imports.delete(name);
    return { ...file, dependency: [...this.#imports] };
  }

  #message({ node, path }: Definition): MessageProto {
    const fields = Object.entries(node.fields ?? {});
    const oneofs = Object.entries(node.oneofs ?? {});
    const inside = Object.keys(node.nested ?? {}).flatMap(
      (name) => this.#all.get([...path, name].join('.')) ?? [],
    );
    return {
      name: path.at(-1) ?? '',
      field: fields.map(([name, field]) => {
        const oneofIndex = oneofs.findIndex(([, { oneof }]) => oneof.includes(name));
        return { ...this.#field(name, field, path), ...(oneofIndex < 0 ? {} : { oneofIndex }) };
      }),
      nestedType: [
        ...inside.filter((d) => d.node.fields !== undefined).map((d) => this.#message(d)),
        ...fields.flatMap(([name, field]) => this.#mapEntry(name, field, path)),
      ],
      enumType: inside.filter((d) => d.node.values !== undefined).map(enumProto),
      oneofDecl: oneofs.map(([name]) => ({ name })),
    };
  }

  #field(key: string, field: FieldJson, scope: readonly string[]): FieldProto {
    const name = field.protoName ?? key;
    const proto = { name, number: field.id, jsonName: camelCase(name) };
    if (field.keyType !== undefined) {
      const typeName = `.${[...scope, entryName(name)].join('.')}`;
      return { ...proto, label: labels.repeated, type: messageType, typeName };
    }
    const label = field.rule === 'repeated' ? labels.repeated : labels.optional;
    return { ...proto, label, ...this.#type(field.type, scope) };
  }

  #mapEntry(key: string, field: FieldJson, scope: readonly string[]): MessageProto[] {
    if (field.keyType === undefined) return [];
    const name = entryName(field.protoName ?? key);
    const label = labels.optional;
    const keyField = { name: 'key', number: 1, label, ...this.#type(field.keyType, scope) };
    const value = { name: 'value', number: 2, label, ...this.#type(field.type, scope) };
    return [{ name, field: [keyField, value], options: { mapEntry: true } }];
  }

  #type(type: string, scope: readonly string[]): FieldProto {
    const scalar = scalarTypes[type];
    if (scalar !== undefined) return { type: scalar };
    const { name, node } = this.#mention(type, scope);
    return { type: node.values === undefined ? messageType : enumType, typeName: name };
  }

  #service({ node, path }: Definition): Init<google.protobuf.IServiceDescriptorProto> {
    return {
      name: path.at(-1) ?? '',
      method: Object.entries(node.methods ?? {}).map(([name, method]) => ({
        name,
        inputType: this.#mention(method.requestType, path).name,
        outputType: this.#mention(method.responseType, path).name,
        ...(method.requestStream === true ? { clientStreaming: true } : {}),
        ...(method.responseStream === true ? { serverStreaming: true } : {}),
      })),
    };
  }

  #mention(type: string, scope: readonly string[]): { name: string; node: NodeJson } {
    const name = resolveName(type, scope).find((candidate) => this.#all.has(candidate));
    const definition = name === undefined ? undefined : this.#all.get(name);
    if (definition === undefined) throw new Error(`${scope.join('.')} mentions ${type}: not found`);
    this.#imports.add(definition.file);
    return { name: `.${name}`, node: definition.node };
  }
}

function enumProto({ node, path }: Definition): Init<google.protobuf.IEnumDescriptorProto> {
  const values = Object.entries(node.values ?? {});
  return { name: path.at(-1) ?? '', value: values.map(([name, number]) => ({ name, number })) };
}

function camelCase(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** What protoc calls the message of a map's entries. */
function entryName(field: string): string {
  return `${camelCase(`_${field}`)}Entry`;
}

const fileCodec = publicCodec<google.protobuf.IFileDescriptorProto>(
  'google.protobuf.FileDescriptorProto',
);

/** The encoded FileDescriptorProto of a file. */
export function encodeFile(name: string, definitions: Definitions): Uint8Array {
  return fileCodec.encode(new FileBuilder(definitions).build(name));
}
