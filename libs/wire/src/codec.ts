// Typed codecs over the descriptors. Every throw of a decode becomes one error, so that a caller can answer
// INVALID_ARGUMENT in one place (protobufjs throws Error, RangeError and TypeError for hostile bytes).

import type { temporal } from '@temporalio/proto';
import type protobuf from 'protobufjs/light.js';
import { DecodeFault } from './decode-fault.ts';
import { publicType } from './descriptors.ts';
import { numberReader } from './number-reader.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type IsOpaque<T> = true extends
  | Same<T, temporal.api.common.v1.IPayload>
  | Same<T, temporal.api.common.v1.IPayloads>
  | Same<T, temporal.api.common.v1.IHeader>
  | Same<T, temporal.api.failure.v1.IFailure>
  | Same<T, temporal.api.sdk.v1.IUserMetadata>
  | Same<T, temporal.api.history.v1.IHistory>
  ? true
  : false;
interface LongLike {
  low: number;
  high: number;
  unsigned: boolean;
}

type DecodedField<T> = T extends string | boolean | Uint8Array
  ? T
  : T extends number | LongLike
    ? number
    : T extends readonly (infer E)[]
      ? DecodedElement<E>[]
      : keyof T extends never
        ? Record<string, never> | null
        : IsOpaque<T> extends true
          ? Uint8Array
          : string extends keyof T
            ? { [key: string]: DecodedElement<T[keyof T]> }
            : Decoded<T> | null;
type DecodedElement<T> = NonNullable<DecodedField<NonNullable<T>>>;

/** A message as decoded: scalars have their default, absent messages are null, user data is bytes (empty when absent). */
export type Decoded<T> = { [K in keyof T]-?: DecodedField<NonNullable<T[K]>> };

type InitField<T> = T extends string | boolean | Uint8Array
  ? T
  : T extends number | LongLike
    ? number
    : T extends readonly (infer E)[]
      ? readonly InitField<NonNullable<E>>[]
      : keyof T extends never
        ? Record<string, never>
        : IsOpaque<T> extends true
          ? Uint8Array
          : string extends keyof T
            ? { readonly [key: string]: InitField<NonNullable<T[keyof T]>> }
            : Init<T>;

/**
 * A message to encode: every field may be left out. A scalar, enum or list of its default, and a message that is null, are
 * left out too; not so what knows whether it is set: user data that is empty, or an `optional` field, would be written.
 */
export type Init<T> = { readonly [K in keyof T]?: InitField<NonNullable<T[K]>> | null | undefined };

export interface Codec<D, I> {
  readonly typeName: string;
  encode(message: I): Uint8Array;
  /** Throws DecodeFault. Bytes from outside go through `scanRequest` first. */
  decode(bytes: Uint8Array): D;
}

/** A codec over a descriptor that is looked up, and compiled, at its first use. */
export function lazyCodec<D, I>(typeName: string, find: () => protobuf.Type): Codec<D, I> {
  let type: protobuf.Type | undefined;
  return {
    typeName,
    encode(message) {
      type ??= find();
      return type.encode(message as Record<string, unknown>).finish();
    },
    decode(bytes) {
      type ??= find();
      try {
        return type.decode(numberReader(bytes)) as unknown as D;
      } catch (cause) {
        throw new DecodeFault(typeName, cause);
      }
    },
  };
}

/** The codec of a public message, by its full name; `T` is its interface in `@temporalio/proto`. */
export function publicCodec<T>(typeName: string): Codec<Decoded<T>, Init<T>> {
  return lazyCodec(typeName, () => publicType(typeName));
}
