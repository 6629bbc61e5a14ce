// The few payloads that the server itself makes.

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
