// The opaque descriptors: Temporal's public messages with everything that is user data retyped to bytes.
//
// Derived at start from `@temporalio/proto` (same field numbers, same wire form). A payload, header, memo, failure,
// user metadata or whole history is never turned into objects: it stays the slice that arrived (architecture 11).
// The map of search attributes keeps its keys; its values are bytes.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import protobuf from 'protobufjs/light.js';

export interface FieldJson {
  options?: unknown;
  id: number;
  type: string;
  keyType?: string;
  rule?: string;
  /** The name in the .proto file, where it differs. */
  protoName?: string;
}
export interface MethodJson {
  requestType: string;
  responseType: string;
  requestStream?: boolean;
  responseStream?: boolean;
  options?: unknown;
}
/** A package, message, enum or service as protobufjs writes it. */
export interface NodeJson {
  fields?: Record<string, FieldJson>;
  oneofs?: Record<string, { oneof: string[] }>;
  values?: Record<string, number>;
  methods?: Record<string, MethodJson>;
  nested?: Record<string, NodeJson>;
  options?: unknown;
  /** Given where it is not proto3. */
  edition?: string;
}

/** Full names of the messages that are carried as bytes. */
export const opaqueMessages: ReadonlySet<string> = new Set([
  'temporal.api.common.v1.Payload',
  'temporal.api.common.v1.Payloads',
  'temporal.api.common.v1.Header',
  'temporal.api.common.v1.Memo',
  'temporal.api.failure.v1.Failure',
  'temporal.api.sdk.v1.UserMetadata',
  'temporal.api.history.v1.History',
]);

/** Packages of temporal.api that no RPC of ours mentions. */
const unusedPackages = ['cloud', 'testservice', 'protometa'];

const longTypes = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);

/** The published descriptors of temporal.api, of what it uses of google, and of grpc.health. A fresh tree at each call. */
export function readPublishedDescriptors(): NodeJson {
  const path = createRequire(import.meta.url).resolve('@temporalio/proto/protos/json-module.js');
  const source = readFileSync(path, 'utf8');
  const start = source.indexOf('.addJSON(') + '.addJSON('.length;
  const end = source.lastIndexOf('})') + 1;
  const json = JSON.parse(source.slice(start, end)) as Record<string, NodeJson>;
  const api = json['temporal']?.nested?.['api'];
  const google = json['google'];
  const health = json['grpc']?.nested?.['health'];
  if (api?.nested === undefined || google?.nested === undefined) {
    throw new Error(
      `${path} does not hold temporal.api: this version of @temporalio/proto is not supported`,
    );
  }
  for (const name of unusedPackages) delete api.nested[name];
  const { protobuf: wellKnown, rpc } = google.nested;
  return {
    nested: {
      temporal: { nested: { api } },
      google: { nested: { protobuf: wellKnown ?? {}, rpc: rpc ?? {} } },
      grpc: { nested: { health: health ?? {} } },
    },
  };
}

/** Each name that a relative type reference may mean, innermost scope first. */
export function resolveName(type: string, scope: readonly string[]): string[] {
  const names: string[] = [];
  for (let depth = scope.length; depth >= 0; depth--)
    names.push([...scope.slice(0, depth), type].join('.'));
  return names;
}

function retype(node: NodeJson, scope: readonly string[]): void {
  delete node.options;
  for (const method of Object.values(node.methods ?? {})) delete method.options;
  for (const field of Object.values(node.fields ?? {})) {
    const opaque = resolveName(field.type, scope).find((name) => opaqueMessages.has(name));
    if (opaque === undefined) continue;
    field.type = 'bytes';
    // A message that is there and empty is not one that is absent: SDKs refuse a poll without a history.
    field.options = { features: { field_presence: 'EXPLICIT' }, opaque };
  }
  for (const [name, child] of Object.entries(node.nested ?? {})) retype(child, [...scope, name]);
}

const noBytes = new Uint8Array(0);

/** 64-bit fields are plain numbers here (ids, sizes and seconds stay far below 2^53); absent bytes are an empty array. */
function plainDefaults(type: protobuf.Type): void {
  for (const field of type.fieldsArray) {
    field.resolve();
    if (field.type === 'bytes' && !field.repeated && !field.map && !field.partOf) {
      field.defaultValue = noBytes;
      Reflect.set(type.ctor.prototype as object, field.name, noBytes);
    }
    if (!longTypes.has(field.type) || field.repeated || field.map || field.partOf) continue;
    field.defaultValue = 0;
    Reflect.set(type.ctor.prototype as object, field.name, 0);
  }
}

let root: protobuf.Root | undefined;

function opaqueRoot(): protobuf.Root {
  if (root === undefined) {
    const json = readPublishedDescriptors();
    retype(json, []);
    root = protobuf.Root.fromJSON(json as protobuf.INamespace);
  }
  return root;
}

const prepared = new Set<protobuf.Type>();

function prepare(type: protobuf.Type): void {
  if (prepared.has(type)) return;
  prepared.add(type);
  plainDefaults(type);
  for (const field of type.fieldsArray) {
    if (field.resolvedType instanceof protobuf.Type) prepare(field.resolvedType);
  }
}

/** The descriptor of a public message, ready to encode and decode. Throws for an unknown name. */
export function publicType(fullName: string): protobuf.Type {
  const type = opaqueRoot().lookupType(fullName);
  prepare(type);
  return type;
}

/** The message that a field of bytes holds by its definition; null when it holds bytes. */
export function opaqueTypeOf(field: protobuf.Field): protobuf.Type | null {
  const opaque: unknown = field.options?.['opaque'];
  return typeof opaque === 'string' ? publicType(opaque) : null;
}

export interface MethodDescriptor {
  readonly name: string;
  readonly requestType: string;
  readonly responseType: string;
}

/** The methods of a public service in the order of its definition, with full type names. */
export function publicMethods(service: string): readonly MethodDescriptor[] {
  return opaqueRoot()
    .lookupService(service)
    .methodsArray.map((method) => {
      method.resolve();
      return {
        name: method.name,
        requestType: (method.resolvedRequestType?.fullName ?? '').replace(/^\./, ''),
        responseType: (method.resolvedResponseType?.fullName ?? '').replace(/^\./, ''),
      };
    });
}

/** Number -> name of a public enum. */
export function publicEnum(fullName: string): Readonly<Record<string, number>> {
  return opaqueRoot().lookupEnum(fullName).values;
}

/** Readies a descriptor of another schema (our own messages) for numbers in place of 64-bit objects. */
export function prepareType(type: protobuf.Type): void {
  prepare(type);
}
