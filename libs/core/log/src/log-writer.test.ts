import { describe, expect, it } from 'vitest';
import { claim } from './claim.ts';
import { frameBoundsFor, type TransitionGroup } from './frame-queue.ts';
import { emptyLog, type ReaderState } from './log-reader.ts';
import { LogWriter } from './log-writer.ts';
import { decodeRecord, encodeAnnounce, encodeFrame, type Frame } from './records.ts';

const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
const noTransitions = new Uint8Array(0);
const announced: ReaderState = { epoch: 7, nonce: 'me', nextNumber: 1, clock: 1_000 };

function group(...versions: number[]): TransitionGroup {
  return { transitions: versions.map((version) => ({ run, version, body: new Uint8Array(9) })) };
}
const writerAt = (announceOffset: number): LogWriter<TransitionGroup> =>
  new LogWriter(announced, announceOffset, frameBoundsFor(1024 * 1024));
function frameOf(record: Uint8Array | undefined): Frame {
  const entry = decodeRecord(record ?? noTransitions);
  if (entry.kind !== 'frame') throw new Error('not a frame');
  return entry.frame;
}
const other = (epoch: number): Uint8Array =>
  encodeAnnounce({ epoch, nonce: 'other', owner: 'o', generation: 0 });
const stale = encodeFrame({ epoch: 6, nonce: 'old', number: 4, clock: 5 }, noTransitions);

describe('LogWriter', () => {
  it('numbers frames from 1 and gives each a clock above the last one', () => {
    const writer = writerAt(9);
    writer.append(group(1, 2));
    const first = writer.seal(5_000);
    expect(frameOf(first?.record)).toMatchObject({
      epoch: 7,
      nonce: 'me',
      number: 1,
      clock: 5_000,
    });
    writer.acknowledged(10);
    writer.append(group(3));
    expect(frameOf(writer.seal(4_000)?.record)).toMatchObject({ number: 2, clock: 5_002 });
  });

  it('starts above everything that was replayed (L3)', () => {
    const writer = writerAt(9);
    expect(writer.sealBarrier(10).clock).toBe(1_001);
  });

  it('hands groups back with the position of their frame', () => {
    const writer = writerAt(9);
    const groups = [group(1, 2), group(3)];
    for (const one of groups) writer.append(one);
    expect(writer.headOrdinal).toBe(1);
    writer.seal(5_000);
    expect(writer.acknowledged(10)).toMatchObject({
      kind: 'durable',
      frame: { groups, transitions: 3, clock: 5_000 },
      position: { offset: 10, epoch: 7, nonce: 'me', number: 1, clock: 5_002 },
    });
    expect([writer.durableOrdinal, writer.headOrdinal]).toEqual([1, 1]);
    expect([writer.unacknowledgedBytes, writer.unacknowledgedTransitions]).toEqual([0, 0]);
  });

  it('F3: seals nothing while a frame is in flight', () => {
    const writer = writerAt(9);
    writer.append(group(1));
    writer.seal(1);
    expect(writer.waitingFrames).toBe(0);
    writer.append(group(2));
    expect(() => writer.seal(2)).toThrow(/one frame in flight/);
    expect([writer.durableOrdinal, writer.headOrdinal]).toEqual([0, 2]);
    expect(writer.waitingFrames).toBe(1);
  });

  it('seals nothing when nothing waits, except as a barrier', () => {
    const writer = writerAt(9);
    expect(writer.seal(1)).toBeNull();
    expect(frameOf(writer.sealBarrier(1).record).transitions).toEqual([]);
    expect(writer.acknowledged(10).kind).toBe('durable');
    writer.append(group(1));
    expect(writer.sealBarrier(1).groups.length).toBe(1);
  });

  it('F4: higher than expected asks for the records between', () => {
    const writer = writerAt(9);
    writer.append(group(1));
    writer.seal(1);
    expect(writer.acknowledged(12)).toEqual({ kind: 'unsettled', fromOffset: 10, toOffset: 12 });
    expect(writer.acknowledged(12, [stale, other(7)])).toMatchObject({
      kind: 'durable',
      position: { offset: 12 },
    });
    writer.append(group(2));
    writer.seal(1);
    expect(writer.acknowledged(13).kind).toBe('durable');
  });

  it('F4: an Announce of a higher epoch between makes it a zombie', () => {
    const writer = writerAt(9);
    writer.append(group(1));
    writer.seal(1);
    writer.acknowledged(12);
    expect(writer.acknowledged(12, [stale, other(8)])).toEqual({ kind: 'fenced', epoch: 8 });
  });

  it('F4: a frame of its own epoch that it did not send breaks the log', () => {
    const writer = writerAt(9);
    writer.append(group(1));
    writer.seal(5_000);
    const mine = { epoch: 7, nonce: 'me', number: 1, clock: 5_000 };
    const foreign = encodeFrame(mine, noTransitions);
    expect(writer.acknowledged(11, [foreign])).toMatchObject({ fault: { rule: 'L5' } });
    const behind = encodeFrame({ ...mine, clock: 1_000 }, noTransitions);
    expect(writer.acknowledged(11, [behind])).toMatchObject({ fault: { rule: 'L3' } });
  });

  it('F4: below what was acknowledged, the log lost records', () => {
    const writer = writerAt(9);
    writer.append(group(1));
    writer.seal(1);
    const landing = writer.acknowledged(9);
    expect(landing).toMatchObject({ kind: 'broken', fault: { rule: 'L5' } });
    expect(landing.kind === 'broken' && landing.fault.message).toMatch(/offset 9.*10.*lost/);
  });

  it('hands every group that is not durable back in order', () => {
    const writer = writerAt(9);
    const groups = [group(1), group(2), group(3)];
    writer.append(groups[0] as TransitionGroup);
    writer.seal(1);
    writer.append(groups[1] as TransitionGroup);
    writer.append(groups[2] as TransitionGroup);
    expect(writer.abandon()).toEqual(groups);
    expect(writer.abandon()).toEqual([]);
  });
});

describe('claim (L4)', () => {
  const who = { owner: 'o', nonce: 'n', generation: 3 };
  it('is above the epoch in force and above every epoch tried', () => {
    expect(claim(emptyLog, 0, who)).toEqual({ epoch: 1, ...who });
    expect(claim(announced, 0, who).epoch).toBe(8);
    expect(claim(announced, 12, who).epoch).toBe(13);
  });
});
