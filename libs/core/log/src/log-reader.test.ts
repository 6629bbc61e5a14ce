import { describe, expect, it } from 'vitest';
import { lastClockOf, nextFrameClock } from './frame-clock.ts';
import { emptyLog, judgeRecord, LogReader, type ReaderState, type Reading } from './log-reader.ts';
import { encodeAnnounce, encodeFrame, type LogEntry, type PendingTransition } from './records.ts';
import { judgeVersion } from './run-version.ts';

const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
const step = (version: number): PendingTransition => ({ run, version, body: new Uint8Array(0) });

function announce(epoch: number, nonce: string): LogEntry {
  return { kind: 'announce', announce: { epoch, nonce, owner: 'o', generation: 0 } };
}
function frame(
  epoch: number,
  nonce: string,
  number: number,
  clock: number,
  transitions: PendingTransition[] = [],
): LogEntry {
  return { kind: 'frame', frame: { epoch, nonce, number, clock, transitions } };
}
const inForce: ReaderState = { epoch: 5, nonce: 'a', nextNumber: 3, clock: 100 };
const kindOf = (reading: Reading): string =>
  reading.kind === 'void' ? `void ${reading.reason}` : reading.kind;

describe('judgeRecord', () => {
  it.each<[string, LogEntry, string]>([
    ['a higher Announce', announce(6, 'b'), 'announced'],
    ['an Announce far above', announce(60, 'b'), 'announced'],
    ['an equal Announce with another nonce', announce(5, 'b'), 'ignored'],
    ['the Announce in force again', announce(5, 'a'), 'ignored'],
    ['a lower Announce', announce(4, 'b'), 'ignored'],
    ['the next frame', frame(5, 'a', 3, 101), 'frame'],
    ['a frame of an older epoch', frame(4, 'z', 9, 101), 'void stale'],
    ['a frame that landed twice', frame(5, 'a', 2, 99), 'void repeated'],
    ['a frame after a missing one', frame(5, 'a', 4, 200), 'void gap'],
    ['a frame of the loser of a tie', frame(5, 'b', 3, 101), 'void unannounced'],
    ['a frame of an epoch not announced', frame(6, 'b', 1, 101), 'void unannounced'],
    ['the next frame with a clock that stands still', frame(5, 'a', 3, 100), 'broken'],
  ])('C1-C3: %s', (_name, entry, expected) => {
    expect(kindOf(judgeRecord(inForce, entry))).toBe(expected);
  });

  it('takes nothing before the first Announce', () => {
    expect(kindOf(judgeRecord(emptyLog, frame(1, '', 1, 1)))).toBe('void unannounced');
  });

  it('begins each epoch at number 1 and keeps the clock', () => {
    const reading = judgeRecord(inForce, announce(7, 'c'));
    expect(reading).toMatchObject({ state: { epoch: 7, nonce: 'c', nextNumber: 1, clock: 100 } });
  });

  it('moves the clock to the last transition of a frame', () => {
    const reading = judgeRecord(inForce, frame(5, 'a', 3, 500, [step(1), step(2), step(3)]));
    expect(reading).toMatchObject({ state: { nextNumber: 4, clock: 502 } });
    expect(judgeRecord(inForce, frame(5, 'a', 3, 500))).toMatchObject({ state: { clock: 500 } });
  });
});

describe('LogReader', () => {
  it('counts what it met and keeps its state over void records', () => {
    const reader = new LogReader(emptyLog);
    const head = { epoch: 1, nonce: 'a', number: 1, clock: 10 };
    const bytes = new Uint8Array(0);
    const records = [
      encodeAnnounce({ epoch: 1, nonce: 'a', owner: 'o', generation: 0 }),
      encodeFrame(head, bytes),
      encodeFrame(head, bytes),
      encodeFrame({ ...head, number: 3 }, bytes),
      encodeAnnounce({ epoch: 1, nonce: 'b', owner: 'o', generation: 0 }),
      encodeFrame({ ...head, nonce: 'b' }, bytes),
      encodeAnnounce({ epoch: 2, nonce: 'b', owner: 'o', generation: 0 }),
      encodeFrame({ ...head, number: 2, clock: 12 }, bytes),
    ];
    for (const record of records) reader.read(record);
    expect(reader.state).toEqual({ epoch: 2, nonce: 'b', nextNumber: 1, clock: 10 });
    expect(reader.counts).toEqual({
      announced: 2,
      ignored: 1,
      frames: 1,
      transitions: 0,
      void: { stale: 1, repeated: 1, gap: 1, unannounced: 1 },
    });
  });
});

describe('judgeVersion (L2)', () => {
  it.each([
    [0, 1, 'apply'],
    [4, 5, 'apply'],
    [4, 4, 'skip'],
    [4, 1, 'skip'],
    [4, 6, 'gap'],
    [0, 2, 'gap'],
  ])('a run at %i meets version %i: %s', (runVersion, version, verdict) => {
    expect(judgeVersion(runVersion, version)).toBe(verdict);
  });
});

describe('the hybrid clock (L3)', () => {
  it('is process time, or one above the last clock when process time is behind', () => {
    expect(nextFrameClock(1_000, 900)).toBe(1_000);
    expect(nextFrameClock(1_000, 1_000)).toBe(1_001);
    expect(nextFrameClock(1_000, 5_000)).toBe(5_001);
  });

  it('gives a barrier one clock', () => {
    expect([0, 1, 3].map((transitions) => lastClockOf(50, transitions))).toEqual([50, 50, 52]);
  });
});
