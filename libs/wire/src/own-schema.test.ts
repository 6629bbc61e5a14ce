import { describe, expect, it } from 'vitest';
import { DecodeFault } from './decode-fault.ts';
import { ownCodec } from './own-schema.ts';

interface TransitionFields {
  readonly runId: string;
  readonly version: number;
  readonly body: Uint8Array;
}
interface RecordFields {
  readonly format: number;
  readonly announce: { readonly epoch: number; readonly owner: string } | null;
  readonly frame: {
    readonly clock: number;
    readonly transitions: readonly TransitionFields[];
  } | null;
}
const codec = ownCodec<RecordFields, object>('log', 'perdure.log.v1.Record');

describe('ownCodec', () => {
  it('gives numbers for 64-bit fields, up to 2^53', () => {
    const clock = Number.MAX_SAFE_INTEGER;
    const decoded = codec.decode(codec.encode({ format: 1, frame: { clock } }));
    expect(decoded.frame?.clock).toBe(clock);
  });

  it('gives defaults for what is absent: no bytes, 0, null for messages', () => {
    const decoded = codec.decode(
      codec.encode({ format: 1, frame: { transitions: [{ runId: 'r' }] } }),
    );
    expect(decoded.announce).toBeNull();
    expect(decoded.frame?.transitions[0]?.version).toBe(0);
    expect(decoded.frame?.transitions[0]?.body).toEqual(new Uint8Array(0));
    expect(codec.decode(codec.encode({ announce: { epoch: 1 } })).announce?.owner).toBe('');
  });

  it('gives bytes as slices of what was decoded', () => {
    const encoded = codec.encode({ frame: { transitions: [{ body: new Uint8Array([1, 2]) }] } });
    const body = codec.decode(encoded).frame?.transitions[0]?.body;
    expect([...(body ?? [])]).toEqual([1, 2]);
    expect(body?.buffer).toBe(encoded.buffer);
  });

  it('refuses bytes that are not the message, and names it', () => {
    expect(() => codec.decode(new Uint8Array([0x1a, 9]))).toThrow(DecodeFault);
    expect(() => codec.decode(new Uint8Array([0x1a, 9]))).toThrow(/perdure\.log\.v1\.Record/);
  });

  it('names a file or message that does not exist at its first use', () => {
    expect(() => ownCodec('log', 'perdure.log.v1.Nothing').encode({})).toThrow(/Nothing/);
    expect(() => ownCodec('nothing', 'perdure.Nothing').encode({})).toThrow(/nothing\.proto/);
  });
});
