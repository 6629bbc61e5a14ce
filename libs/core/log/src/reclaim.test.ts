import { describe, expect, it } from 'vitest';
import { frameBoundsFor, type TransitionGroup } from './frame-queue.ts';
import type { ReaderState } from './log-reader.ts';
import { LogWriter, type SealedFrame } from './log-writer.ts';
import { decodeRecord, encodeAnnounce, encodeFrame } from './records.ts';

type Writer = LogWriter<TransitionGroup>;

const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
const announced: ReaderState = { epoch: 7, nonce: 'me', nextNumber: 1, clock: 1_000 };

function group(version: number, count = 1): TransitionGroup {
  const transitions = Array.from({ length: count }, (_, i) => ({
    run,
    version: version + i,
    body: new Uint8Array(9),
  }));
  return { transitions };
}
function writerWith(...groups: TransitionGroup[]): {
  writer: Writer;
  sealed: SealedFrame<unknown>;
} {
  const writer: Writer = new LogWriter(announced, 9, frameBoundsFor(100_000));
  for (const one of groups) writer.append(one);
  return { writer, sealed: writer.sealBarrier(5_000) };
}
const announce = (epoch: number, nonce: string): Uint8Array =>
  encodeAnnounce({ epoch, nonce, owner: 'o', generation: 0 });
const nonces = (...own: string[]): { nonces: Set<string> } => ({ nonces: new Set(own) });
const stale = encodeFrame({ epoch: 6, nonce: 'old', number: 4, clock: 5 }, new Uint8Array(0));

describe('LogWriter.reclaim (L6)', () => {
  it('Q1: the frame counts when it stands before the Announce', () => {
    const groups = [group(1, 2)];
    const { writer, sealed } = writerWith(...groups);
    const between = [stale, sealed.record, announce(8, 'next')];
    expect(writer.reclaim(12, between, nonces('next'))).toEqual({
      kind: 'reclaimed',
      landed: {
        frame: sealed,
        position: { offset: 11, epoch: 7, nonce: 'me', number: 1, clock: 5_001 },
      },
    });
    expect([writer.inFlight, writer.unacknowledgedBytes, writer.waitingFrames]).toEqual([
      null,
      0,
      0,
    ]);
    expect(writer.unacknowledgedTransitions).toBe(0);
  });

  it('Q1: a copy of it that stands before the Announce as well counts for nothing', () => {
    const { writer, sealed } = writerWith(group(1));
    const between = [sealed.record, sealed.record, announce(8, 'next')];
    const reclaim = writer.reclaim(12, between, nonces('next'));
    expect(reclaim).toMatchObject({ landed: { position: { offset: 10 } } });
  });

  it('Q1: it does not count behind an Announce of this owner that told nothing either', () => {
    const { writer, sealed } = writerWith(group(1));
    const between = [announce(8, 'first'), sealed.record, announce(9, 'second')];
    const reclaim = writer.reclaim(12, between, nonces('first', 'second'));
    expect(reclaim).toEqual({ kind: 'reclaimed', landed: null });
    expect(writer.epoch).toBe(9);
  });

  it('F5: what did not land goes first, with its bytes, under the new epoch and with a higher clock', () => {
    const groups = [group(1, 2), group(3), group(4)] as const;
    const { writer, sealed } = writerWith(groups[0], groups[1]);
    writer.append(groups[2]);
    const bytes = writer.unacknowledgedBytes;
    expect(writer.reclaim(10, [announce(8, 'next')], nonces('next')).kind).toBe('reclaimed');
    expect([writer.inFlight, writer.waitingFrames, writer.nextOffset]).toEqual([null, 2, 11]);
    expect([writer.unacknowledgedBytes, writer.unacknowledgedTransitions]).toEqual([bytes, 4]);
    const again = writer.seal(4_000) as SealedFrame<TransitionGroup>;
    expect(again).toMatchObject({ number: 1, ordinal: sealed.ordinal, groups: groups.slice(0, 2) });
    expect(Buffer.from(again.content)).toEqual(Buffer.from(sealed.content));
    const entry = decodeRecord(again.record);
    expect(entry).toMatchObject({ frame: { epoch: 8, nonce: 'next', number: 1, clock: 4_000 } });
    const versions = entry.kind === 'frame' && entry.frame.transitions.map((one) => one.version);
    expect(versions).toEqual([1, 2, 3]);
    expect(writer.acknowledged(11).kind).toBe('durable');
    expect(writer.seal(4_000)?.groups).toEqual([groups[2]]);
    expect(writer.acknowledged(12).kind).toBe('durable');
    expect([writer.unacknowledgedBytes, writer.unacknowledgedTransitions]).toEqual([0, 0]);
  });

  it('F5: what did not land twice keeps its bytes', () => {
    const { writer, sealed } = writerWith(group(1));
    writer.reclaim(10, [announce(8, 'b')], nonces('b'));
    writer.seal(5_000);
    writer.reclaim(11, [announce(9, 'c')], nonces('c'));
    const third = writer.seal(5_000);
    expect(Buffer.from(third?.content ?? [])).toEqual(Buffer.from(sealed.content));
    expect(decodeRecord(third?.record as Uint8Array)).toMatchObject({ frame: { epoch: 9 } });
  });

  it('L3: the clock goes on above what landed', () => {
    const { writer, sealed } = writerWith(group(1, 3));
    writer.reclaim(11, [sealed.record, announce(8, 'next')], nonces('next'));
    expect(writer.sealBarrier(1)).toMatchObject({ number: 1, clock: 5_003 });
  });

  it('Q2: an Announce of another owner ends it; what landed before that is durable', () => {
    const { writer, sealed } = writerWith(group(1));
    writer.append(group(2));
    const between = [sealed.record, announce(8, 'other'), announce(9, 'next')];
    expect(writer.reclaim(12, between, nonces('next'))).toMatchObject({
      kind: 'fenced',
      epoch: 8,
      landed: { frame: sealed, position: { offset: 10 } },
    });
    expect(writer.abandon()).toEqual([group(2)]);
  });

  it('Q2: what landed behind the Announce of another owner is void', () => {
    const groups = [group(1), group(2)] as const;
    const { writer, sealed } = writerWith(groups[0]);
    writer.append(groups[1]);
    const between = [announce(12, 'other'), sealed.record, announce(8, 'next')];
    const reclaim = writer.reclaim(12, between, nonces('next'));
    expect(reclaim).toEqual({ kind: 'fenced', epoch: 12, landed: null });
    expect(writer.abandon()).toEqual(groups);
  });

  it('Q2: an Announce of another owner that does not count changes nothing', () => {
    const { writer } = writerWith(group(1));
    const between = [announce(7, 'other'), announce(8, 'next')];
    expect(writer.reclaim(11, between, nonces('next')).kind).toBe('reclaimed');
  });

  it('L5: a frame of its own epoch that it did not send breaks the log', () => {
    for (const head of [
      { epoch: 7, nonce: 'me', number: 1, clock: 5_000 },
      { epoch: 7, nonce: 'me', number: 1, clock: 6_000 },
    ]) {
      const { writer } = writerWith(group(1));
      const between = [encodeFrame(head, new Uint8Array(0)), announce(8, 'next')];
      const reclaim = writer.reclaim(11, between, nonces('next'));
      expect(reclaim).toMatchObject({ kind: 'broken', fault: { rule: 'L5' } });
    }
  });

  it('L5: an Announce below what was acknowledged shows that the log lost records', () => {
    const { writer } = writerWith(group(1));
    const reclaim = writer.reclaim(9, [], nonces('next'));
    expect(reclaim).toMatchObject({ kind: 'broken', fault: { rule: 'L5' } });
  });

  it('is asked with all records up to the Announce, and with no others', () => {
    const { writer } = writerWith(group(1));
    expect(() => writer.reclaim(11, [announce(8, 'next')], nonces('next'))).toThrow(/all records/);
    const { writer: idle } = writerWith();
    idle.acknowledged(10);
    expect(() => idle.reclaim(11, [announce(8, 'next')], nonces('next'))).toThrow(/F5/);
  });

  it('judges nothing by an Announce that is not there', () => {
    const { writer } = writerWith(group(1));
    expect(() => writer.reclaim(10, [stale], nonces('next'))).toThrow(/L1/);
  });
});

describe('ordinals', () => {
  const ordinals = (writer: Writer): number[] => [
    writer.durableOrdinal,
    writer.sealedOrdinal,
    writer.headOrdinal,
  ];

  it('name frames across epochs: one that is sealed anew keeps its own', () => {
    const { writer } = writerWith(group(1));
    expect(ordinals(writer)).toEqual([0, 1, 1]);
    writer.append(group(2));
    expect(ordinals(writer)).toEqual([0, 1, 2]);
    writer.reclaim(10, [announce(8, 'b')], nonces('b'));
    expect(ordinals(writer)).toEqual([0, 0, 2]);
    writer.seal(1);
    expect(ordinals(writer)).toEqual([0, 1, 2]);
    writer.acknowledged(11);
    expect(ordinals(writer)).toEqual([1, 1, 2]);
  });

  it('count a frame that landed', () => {
    const { writer, sealed } = writerWith(group(1));
    writer.reclaim(11, [sealed.record, announce(8, 'b')], nonces('b'));
    expect(ordinals(writer)).toEqual([1, 1, 1]);
  });

  it('forget a barrier that did not land: nothing of it goes again', () => {
    const { writer } = writerWith();
    writer.reclaim(10, [announce(8, 'b')], nonces('b'));
    expect(ordinals(writer)).toEqual([0, 0, 0]);
    expect(writer.seal(1)).toBeNull();
    expect(writer.sealBarrier(1)).toMatchObject({ ordinal: 1, number: 1, transitions: 0 });
  });
});

describe('LogWriter.acknowledged (L5) when the frame landed twice', () => {
  it('counts it where it stood first, and goes on behind the copy', () => {
    const { writer, sealed } = writerWith(group(1));
    expect(writer.acknowledged(12, [sealed.record, stale])).toMatchObject({
      kind: 'durable',
      position: { offset: 10, clock: 5_000 },
    });
    expect(writer.nextOffset).toBe(13);
    expect(writer.sealBarrier(1)).toMatchObject({ number: 2, clock: 5_001 });
  });

  it('counts it before the Announce of another owner, which fences all the same', () => {
    const { writer, sealed } = writerWith(group(1));
    expect(writer.acknowledged(12, [sealed.record, announce(8, 'other')])).toMatchObject({
      kind: 'fenced',
      epoch: 8,
      landed: { frame: sealed, position: { offset: 10 } },
    });
    expect(writer.abandon()).toEqual([]);
  });
});
