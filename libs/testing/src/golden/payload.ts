// User data as SDKs put it on the wire, to and from the bytes that our codecs carry it as.

import { type Codec, publicCodec } from '@perdure/wire';

interface Payload {
  readonly metadata: Readonly<Record<string, Uint8Array>>;
  readonly data: Uint8Array;
}

/** A failure one level deep: its cause and details are bytes again. */
export interface FailureFields {
  readonly message: string;
  readonly source: string;
  readonly cause: Uint8Array;
  readonly [info: string]: unknown;
}

// The codecs' own types name interfaces of @temporalio/proto; these say what the bytes hold.
const codecOf = <T>(typeName: string): Codec<T, unknown> =>
  publicCodec<unknown>(typeName) as unknown as Codec<T, unknown>;
const payloadCodec = codecOf<Payload>('temporal.api.common.v1.Payload');
const payloadsCodec = codecOf<{ payloads: readonly Uint8Array[] }>(
  'temporal.api.common.v1.Payloads',
);
const memoCodec = codecOf<{ fields: Readonly<Record<string, Uint8Array>> }>(
  'temporal.api.common.v1.Memo',
);
const failureCodec = codecOf<FailureFields>('temporal.api.failure.v1.Failure');

/** Encoded `Payload` of a JSON value. */
export function jsonPayload(value: unknown): Uint8Array {
  return payloadCodec.encode({
    metadata: { encoding: new TextEncoder().encode('json/plain') },
    data: new TextEncoder().encode(JSON.stringify(value)),
  });
}

/** As `jsonPayload`, with a type in its metadata as search attributes have it; undefined is nothing at all. */
export function typedPayload(type: string, value: unknown): Uint8Array {
  const encoding = value === undefined ? 'binary/null' : 'json/plain';
  return payloadCodec.encode({
    metadata: {
      encoding: new TextEncoder().encode(encoding),
      ...(type !== '' && { type: new TextEncoder().encode(type) }),
    },
    ...(value !== undefined && { data: new TextEncoder().encode(JSON.stringify(value)) }),
  });
}

/** An encoded memo of encoded `Payload`s. */
export function memoOf(fields: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return memoCodec.encode({ fields });
}

/** The values of an encoded memo. */
export function readMemo(memo: Uint8Array | undefined): Record<string, unknown> {
  const { fields } = memoCodec.decode(memo ?? new Uint8Array());
  return Object.fromEntries(
    Object.entries(fields).map(([name, payload]) => [name, readPayload(payload)]),
  );
}

/** Encoded `Payloads` of JSON values. */
export function jsonPayloads(...values: readonly unknown[]): Uint8Array {
  return payloadsCodec.encode({ payloads: values.map(jsonPayload) });
}

/** Encoded `Memo` of JSON values. */
export function jsonMemo(fields: Readonly<Record<string, unknown>>): Uint8Array {
  const payloads = Object.entries(fields).map(([key, value]) => [key, jsonPayload(value)]);
  return memoCodec.encode({ fields: Object.fromEntries(payloads) as object });
}

/** The value of an encoded JSON `Payload`; one of another encoding is shown as that and its length. */
export function readPayload(bytes: Uint8Array): unknown {
  const payload = payloadCodec.decode(bytes);
  const encoding = new TextDecoder().decode(payload.metadata['encoding']);
  if (encoding !== 'json/plain') return `${encoding} ${payload.data.length}`;
  return JSON.parse(new TextDecoder().decode(payload.data)) as unknown;
}

/** The values of encoded `Payloads`. */
export function readPayloads(bytes: Uint8Array): unknown[] {
  return payloadsCodec.decode(bytes).payloads.map(readPayload);
}

/** An encoded `Failure` as a worker reports one of its own code. */
export function applicationFailure(
  message: string,
  info: {
    readonly type?: string;
    readonly nonRetryable?: boolean;
    readonly nextRetryDelay?: { readonly seconds?: number; readonly nanos?: number };
  } = {},
): Uint8Array {
  return failureCodec.encode({
    message,
    source: 'golden',
    applicationFailureInfo: { type: 'Golden', ...info },
  });
}

export function readFailure(bytes: Uint8Array): FailureFields {
  return failureCodec.decode(bytes);
}
