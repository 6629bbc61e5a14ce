// The public messages with user data decoded too: for a program that shows them, such as the command line. The server
// carries user data as bytes (descriptors.ts) and never loads this file.
//
// A type is copied out of the published descriptors when it is first used, with the types it mentions: a command that
// needs twenty messages does not pay for two thousand.

import type { temporal } from '@temporalio/proto';
import protobuf from 'protobufjs/light.js';
import { type Codec, lazyCodec } from './codec.ts';
import {
  type NodeJson,
  prepareType,
  readPublishedDescriptors,
  resolveName,
} from './descriptors.ts';
import { type RpcMessages, type RpcName, serviceOf } from './messages.ts';

export type { temporal } from '@temporalio/proto';
export { type JsonValue, type PayloadStyle, protoJson, shorthandPayload } from './proto-json.ts';

interface LongLike {
  low: number;
  high: number;
  unsigned: boolean;
}

type FullField<T> = T extends string | boolean | Uint8Array
  ? T
  : T extends number | LongLike
    ? number
    : T extends readonly (infer E)[]
      ? NonNullable<FullField<NonNullable<E>>>[]
      : string extends keyof T
        ? { [key: string]: NonNullable<FullField<NonNullable<T[keyof T]>>> }
        : Full<T> | null;

/** A message as decoded: scalars have their default, absent messages are null. */
export type Full<T> = { [K in keyof T]-?: FullField<NonNullable<T[K]>> };

type FullInitField<T> = T extends string | boolean | Uint8Array
  ? T
  : T extends number | LongLike
    ? number
    : T extends readonly (infer E)[]
      ? readonly FullInitField<NonNullable<E>>[]
      : string extends keyof T
        ? { readonly [key: string]: FullInitField<NonNullable<T[keyof T]>> }
        : FullInit<T>;

/** A message to encode: every field may be left out. */
export type FullInit<T> = {
  readonly [K in keyof T]?: FullInitField<NonNullable<T[K]>> | null | undefined;
};

export type Payload = Full<temporal.api.common.v1.IPayload>;
export type Payloads = Full<temporal.api.common.v1.IPayloads>;
export type Failure = Full<temporal.api.failure.v1.IFailure>;
export type FullHistoryEvent = Full<temporal.api.history.v1.IHistoryEvent>;

let published: NodeJson | undefined;
const root = new protobuf.Root();
const copied = new Set<string>();

function nodeAt(path: readonly string[]): NodeJson | undefined {
  published ??= readPublishedDescriptors();
  let node: NodeJson | undefined = published;
  for (const name of path) node = node?.nested?.[name];
  return node;
}

const isDefinition = (node: NodeJson): boolean => 'fields' in node || 'values' in node;

/** The path of the outermost message or enum on the way to a name; undefined where there is none. */
function definitionPath(fullName: string): readonly string[] | undefined {
  const path = fullName.split('.');
  for (let depth = 1; depth <= path.length; depth++) {
    const node = nodeAt(path.slice(0, depth));
    if (node === undefined) return undefined;
    if (isDefinition(node)) return nodeAt(path) === undefined ? undefined : path.slice(0, depth);
  }
  return undefined;
}

function copyDefinition(path: readonly string[]): void {
  const name = path.join('.');
  const node = nodeAt(path);
  if (node === undefined || copied.has(name)) return;
  copied.add(name);
  const own = path.at(-1) as string;
  const definition =
    'values' in node
      ? protobuf.Enum.fromJSON(own, node as unknown as protobuf.IEnum)
      : protobuf.Type.fromJSON(own, node as unknown as protobuf.IType);
  root.define(path.slice(0, -1)).add(definition);
  copyMentioned(node, path);
}

function copyMentioned(node: NodeJson, scope: readonly string[]): void {
  for (const field of Object.values(node.fields ?? {})) {
    const found = resolveName(field.type, scope)
      .map(definitionPath)
      .find((path) => path !== undefined);
    if (found !== undefined) copyDefinition(found);
  }
  for (const [name, child] of Object.entries(node.nested ?? {}))
    copyMentioned(child, [...scope, name]);
}

/** The full descriptor of a public message. Throws for an unknown name. */
export function fullType(fullName: string): protobuf.Type {
  const path = definitionPath(fullName);
  if (path !== undefined) copyDefinition(path);
  const type = root.lookupType(fullName);
  prepareType(type);
  return type;
}

/** Name -> number of a public enum. */
export function fullEnum(fullName: string): Readonly<Record<string, number>> {
  const path = definitionPath(fullName);
  if (path !== undefined) copyDefinition(path);
  return root.lookupEnum(fullName).values;
}

/** The codec of a public message with its user data; `T` is its interface in `@temporalio/proto`. */
export function fullCodec<T>(typeName: string): Codec<Full<T>, FullInit<T>> {
  return lazyCodec(typeName, () => fullType(typeName));
}

export type FullRequest<R extends RpcName> = FullInit<RpcMessages[R]['request']>;
export type FullResponse<R extends RpcName> = Full<RpcMessages[R]['response']>;

/** The codecs of a client for one RPC. */
export function fullRpcCodec<R extends RpcName>(
  name: R,
): {
  readonly request: Codec<Full<RpcMessages[R]['request']>, FullRequest<R>>;
  readonly response: Codec<FullResponse<R>, FullInit<RpcMessages[R]['response']>>;
} {
  const service = serviceOf(name);
  const prefix = `${service.slice(0, service.lastIndexOf('.'))}.${name}`;
  return { request: fullCodec(`${prefix}Request`), response: fullCodec(`${prefix}Response`) };
}
