// The few payloads that the server itself makes, and those that it must look into: values of search attributes and memos.

import { utf8Bytes } from '@perdure/kernel';
import type { temporal } from '@temporalio/proto';
import protobuf from 'protobufjs/light.js';
import { type Codec, type Decoded, type Init, publicCodec } from './codec.ts';

const payloadCodec: Codec<
  Decoded<temporal.api.common.v1.IPayload>,
  Init<temporal.api.common.v1.IPayload>
> = publicCodec<temporal.api.common.v1.IPayload>('temporal.api.common.v1.Payload');
const payloadsCodec: Codec<
  Decoded<temporal.api.common.v1.IPayloads>,
  Init<temporal.api.common.v1.IPayloads>
> = publicCodec<temporal.api.common.v1.IPayloads>('temporal.api.common.v1.Payloads');

/** The data of a payload as text, as that of a `json/plain` one is. Throws DecodeFault. */
export function payloadText(bytes: Uint8Array): string {
  const { data } = payloadCodec.decode(bytes);
  return protobuf.util.utf8.read(data, 0, data.length);
}

/** One value as a `json/plain` Payload. */
export function jsonPayload(value: string | number | boolean): Uint8Array {
  return payloadCodec.encode({
    metadata: { encoding: utf8Bytes('json/plain') },
    data: utf8Bytes(JSON.stringify(value)),
  });
}

/** One value as Payloads. */
export function jsonPayloads(value: string | number | boolean): Uint8Array {
  return payloadsCodec.encode({ payloads: [jsonPayload(value)] });
}

/** A Payload as text: how it is encoded, the type its metadata names, and what it holds. */
export interface TextPayload {
  readonly encoding: string;
  readonly type: string;
  readonly data: string;
  readonly dataBytes: number;
}

export function readTextPayload(payload: Uint8Array): TextPayload {
  const { data, metadata } = payloadCodec.decode(payload);
  return {
    encoding: text(metadata['encoding']),
    type: text(metadata['type']),
    data: text(data),
    dataBytes: data.length,
  };
}

/** The Payload with that type in its metadata. */
export function withPayloadType(payload: Uint8Array, type: string): Uint8Array {
  const { data, metadata } = payloadCodec.decode(payload);
  return payloadCodec.encode({ metadata: { ...metadata, type: utf8Bytes(type) }, data });
}

function text(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : protobuf.util.utf8.read(bytes, 0, bytes.length);
}

export type Memo = Decoded<temporal.api.common.v1.IMemo>;
/** Looks one level into a memo, which is bytes elsewhere: its fields are Payloads, encoded. */
export const memoCodec: Codec<
  Memo,
  Init<temporal.api.common.v1.IMemo>
> = publicCodec<temporal.api.common.v1.IMemo>('temporal.api.common.v1.Memo');
