import { describe, expect, it } from 'vitest';
import {
  appliedFault,
  boundsFault,
  type FramePosition,
  positionOf,
  stateAfter,
  successorFault,
  trimBound,
} from './checkpoint.ts';
import { emptyLog, judgeRecord } from './log-reader.ts';
import type { Frame } from './records.ts';

const applied: FramePosition = { offset: 40, epoch: 3, nonce: 'a', number: 6, clock: 901 };
const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
const frame = (over: Partial<Frame> = {}): Frame => ({
  epoch: 3,
  nonce: 'a',
  number: 6,
  clock: 900,
  transitions: [1, 2].map((version) => ({ run, version, body: new Uint8Array(0) })),
  ...over,
});

describe('positions', () => {
  it('hold the clock of the last transition, and reading goes on behind them', () => {
    expect(positionOf(40, frame())).toEqual(applied);
    expect(stateAfter(applied)).toEqual({ epoch: 3, nonce: 'a', nextNumber: 7, clock: 901 });
    expect(stateAfter(null)).toEqual(emptyLog);
  });
});

describe('trimBound (L8)', () => {
  it('keeps the applied frame and what the slowest cursor has still to read', () => {
    expect(trimBound(applied, [])).toBe(40);
    expect(trimBound(applied, [{ offset: 55 }, { offset: 12 }])).toBe(12);
    expect(trimBound(null, [{ offset: 55 }])).toBe(0);
  });
});

describe('the owner’s replay (L8)', () => {
  it('halts when the low mark is above applied', () => {
    expect(boundsFault(applied, 41, 50)?.message).toMatch(
      /begins at offset 41.*offset 40.*epoch 3/,
    );
    expect(boundsFault(null, 1, 50)?.message).toMatch(/begins at offset 1/);
    expect(boundsFault(applied, 40, 50)).toBeNull();
    expect(boundsFault(null, 0, 0)).toBeNull();
  });

  it('halts when the log ends below applied', () => {
    expect(boundsFault(applied, 0, 40)?.message).toMatch(/ends at offset 40.*older backup/);
    expect(boundsFault(applied, 0, 41)).toBeNull();
  });

  it('P1: halts when the applied offset holds another record', () => {
    expect(appliedFault(applied, { kind: 'frame', frame: frame() })).toBeNull();
    for (const over of [{ epoch: 4 }, { nonce: 'b' }, { number: 7 }, { clock: 5 }]) {
      const fault = appliedFault(applied, { kind: 'frame', frame: frame(over) });
      expect(fault?.message).toMatch(/do not belong together/);
    }
    const announce = { epoch: 3, nonce: 'a', owner: 'o', generation: 0 };
    expect(appliedFault(applied, { kind: 'announce', announce })).not.toBeNull();
  });

  it('P2: halts at a frame that shows that one before it is missing', () => {
    const read = (over: Partial<Frame>) =>
      judgeRecord(stateAfter(applied), { kind: 'frame', frame: frame({ clock: 950, ...over }) });
    const judge = (over: Partial<Frame>) => successorFault(41, read(over));
    expect(judge({ number: 7 })).toBeNull();
    expect(judge({ number: 6 })).toBeNull();
    expect(judge({ epoch: 2, number: 9 })).toBeNull();
    expect(judge({ number: 8 })?.message).toMatch(/offset 41.*lost the frame before it/);
    expect(judge({ epoch: 4, number: 1 })?.message).toMatch(/lost the Announce of its epoch/);
    expect(judge({ number: 7, clock: 901 })?.rule).toBe('L3');
  });
});
