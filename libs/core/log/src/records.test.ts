import { ownCodec } from '@perdure/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import { UnreadableRecord } from './log-fault.ts';
import {
  type Announce,
  decodeRecord,
  encodeAnnounce,
  encodeFrame,
  type FrameHead,
  type PendingTransition,
  writeTransition,
} from './records.ts';

const schemaCodec = ownCodec<unknown, object>('log', 'perdure.log.v1.Record');

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.uuid());
const nonZeroText = text.filter((value) => value.length > 0);
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const transition: fc.Arbitrary<PendingTransition> = fc.record({
  run: fc.record({ namespaceId: nonZeroText, workflowId: nonZeroText, runId: nonZeroText }),
  version: count,
  body: fc
    .oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(16_370, 20_000))
    .map((length) => new Uint8Array(length).fill(length & 0xff)),
});
const head: fc.Arbitrary<FrameHead> = fc.record({
  epoch: count,
  nonce: nonZeroText,
  number: count,
  clock: count,
});

function frameOf(frame: FrameHead, transitions: readonly PendingTransition[]): Uint8Array {
  const content = new ByteWriter(1);
  for (const one of transitions) writeTransition(content, one);
  return encodeFrame(frame, content.written());
}

describe('frame records', () => {
  it('are the bytes that the schema gives', () => {
    fc.assert(
      fc.property(head, fc.array(transition, { maxLength: 5 }), (frame, transitions) => {
        const flat = transitions.map(({ run, version, body }) => ({ ...run, version, body }));
        const expected = schemaCodec.encode({ format: 1, frame: { ...frame, transitions: flat } });
        expect(Buffer.compare(frameOf(frame, transitions), expected)).toBe(0);
      }),
    );
  });

  it('decode to what was encoded', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(head, fc.array(transition, { maxLength: 5 }), (frame, transitions) => {
        const entry = decodeRecord(frameOf(frame, transitions));
        if (entry.kind !== 'frame') throw new Error('not a frame');
        const bodies = (list: readonly PendingTransition[]) => list.map(({ body }) => [...body]);
        const heads = (list: readonly PendingTransition[]) =>
          list.map(({ run, version }) => ({ run, version }));
        const { transitions: decoded, ...decodedHead } = entry.frame;
        expect(decodedHead).toEqual(frame);
        expect(heads(decoded)).toEqual(heads(transitions));
        expect(bodies(decoded)).toEqual(bodies(transitions));
      }),
    );
  });

  it('hold the first and the last character of each length in UTF-8', () => {
    const texts = ['\x01\x7f', '\x80\u07ff', '\u0800\ud7ff', '\ue000\uffff', '\u{10000}\u{10ffff}'];
    const transitions = texts.map((runId) => ({
      run: { namespaceId: 'n', workflowId: 'w', runId },
      version: 1,
      body: new Uint8Array(1),
    }));
    const entry = decodeRecord(frameOf({ epoch: 1, nonce: 'n', number: 1, clock: 1 }, transitions));
    if (entry.kind !== 'frame') throw new Error('not a frame');
    expect(entry.frame.transitions.map(({ run }) => run.runId)).toEqual(texts);
  });

  it('keep their lengths right when a string is not well-formed', () => {
    const run = { namespaceId: 'a\ud800', workflowId: '\udc00b', runId: 'é\ud800€😀' };
    const record = frameOf({ epoch: 1, nonce: 'n', number: 1, clock: 1 }, [
      { run, version: 1, body: new Uint8Array([7]) },
    ]);
    const entry = decodeRecord(record);
    const decoded = entry.kind === 'frame' ? entry.frame.transitions[0] : undefined;
    expect(decoded?.run).toEqual({
      namespaceId: 'a\ufffd',
      workflowId: '\ufffdb',
      runId: 'é\ufffd€😀',
    });
    expect(decoded?.body[0]).toBe(7);
  });

  it('may have no transitions, and an empty body', () => {
    const barrier = decodeRecord(frameOf({ epoch: 2, nonce: 'n', number: 3, clock: 4 }, []));
    expect(barrier).toEqual({
      kind: 'frame',
      frame: { epoch: 2, nonce: 'n', number: 3, clock: 4, transitions: [] },
    });
    const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
    const bare = { run, version: 1, body: new Uint8Array(0) };
    const entry = decodeRecord(frameOf({ epoch: 2, nonce: 'n', number: 3, clock: 4 }, [bare]));
    expect(entry.kind === 'frame' && entry.frame.transitions).toEqual([bare]);
  });
});

describe('announce records', () => {
  it('decode to what was encoded', { timeout: 60_000 }, () => {
    const announce: Announce = { epoch: 2 ** 40, owner: 'host:1', nonce: 'n', generation: 0 };
    expect(decodeRecord(encodeAnnounce(announce))).toEqual({ kind: 'announce', announce });
  });
});

describe('decodeRecord', () => {
  const newer = new Uint8Array([0x08, 0x02, 0x1a, 0x00]);

  it('refuses a newer format and names both', () => {
    expect(() => decodeRecord(newer)).toThrow(UnreadableRecord);
    expect(() => decodeRecord(newer)).toThrow(/format 2.*newer version.*up to 1/);
  });

  it.each([
    ['nothing', []],
    ['no format', [0x1a, 0x00]],
    ['only a format', [0x08, 0x01]],
    ['an epoch of 0', [0x08, 0x01, 0x1a, 0x00]],
    ['a truncated frame', [0x08, 0x01, 0x1a, 0x05, 0x08]],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeRecord(new Uint8Array(bytes))).toThrow(UnreadableRecord);
  });

  it('refuses arbitrary bytes with its own error only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodeRecord(new Uint8Array([0x08, 0x01, ...bytes]));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableRecord);
        }
      }),
    );
  });
});
