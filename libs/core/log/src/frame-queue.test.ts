import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameQueue, frameBoundsFor, GroupTooLarge, type TransitionGroup } from './frame-queue.ts';

const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
const kib = 1024;

function group(bodies: readonly number[]): TransitionGroup {
  return {
    transitions: bodies.map((bytes, i) => ({ run, version: i + 1, body: new Uint8Array(bytes) })),
  };
}
const tiny = (count: number): number[] => Array.from({ length: count }, () => 1);
function fill(queue: FrameQueue<TransitionGroup>, groups: readonly TransitionGroup[]): number[] {
  for (const one of groups) queue.append(one);
  return framesOf(queue).map((frame) => frame.groups.length);
}
function framesOf(queue: FrameQueue<TransitionGroup>) {
  const frames = [];
  for (let frame = queue.take(); frame !== undefined; frame = queue.take()) frames.push(frame);
  return frames;
}
const queueFor = (recordBytesMax = 4 * kib * kib): FrameQueue<TransitionGroup> =>
  new FrameQueue(frameBoundsFor(recordBytesMax));

describe('FrameQueue', () => {
  it('F2: a frame that holds 64 KiB takes no further group', () => {
    const groups = [group([40 * kib]), group([40 * kib]), group([10]), group([10])];
    expect(fill(queueFor(), groups)).toEqual([2, 2]);
  });

  it('F2: a frame of several groups is not above 512 KiB', () => {
    expect(fill(queueFor(), [group([60 * kib]), group([460 * kib]), group([10])])).toEqual([
      1, 1, 1,
    ]);
    expect(fill(queueFor(), [group([60 * kib]), group([440 * kib]), group([10])])).toEqual([2, 1]);
  });

  it('F2: a frame of several groups is not above 512 transitions', () => {
    const ones = Array.from({ length: 512 }, () => group([1]));
    expect(fill(queueFor(), [...ones, group([1])])).toEqual([512, 1]);
    expect(fill(queueFor(), [group([1]), group(tiny(512))])).toEqual([1, 1]);
  });

  it('F2: a group above the bounds travels alone', () => {
    const large = group([300 * kib, 300 * kib, 300 * kib]);
    const many = group(tiny(600));
    expect(fill(queueFor(), [group([1]), large, group([1]), many, group([1])])).toEqual([
      1, 1, 1, 1, 1,
    ]);
  });

  it('refuses a group above the limit of a record and changes nothing', () => {
    const queue = queueFor(kib * kib);
    queue.append(group([100]));
    expect(() => queue.append(group([600 * kib, 600 * kib]))).toThrow(GroupTooLarge);
    queue.append(group([100]));
    const [frame, ...others] = framesOf(queue);
    expect(others).toEqual([]);
    expect(frame?.groups.length).toBe(2);
    expect(frame?.transitions).toBe(2);
    expect(frame?.content.length).toBeLessThan(300);
  });

  it('leaves no trace of a group that cannot be encoded', () => {
    const queue = queueFor();
    queue.append(group([100]));
    const [good] = group([100]).transitions;
    const bad = { transitions: [good as never, { run, version: 0, body: new Uint8Array(5) }] };
    expect(() => queue.append(bad)).toThrow(/versions of a run begin at 1/);
    const [frame] = framesOf(queue);
    const fresh = queueFor();
    fresh.append(group([100]));
    expect(frame?.content.written()).toEqual(framesOf(fresh)[0]?.content.written());
  });

  it('F1, F2 hold for any groups, and every byte arrives', () => {
    const sizes = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 400 }) },
      fc.integer({ min: 0, max: 300 * kib }),
    );
    const groups = fc.array(fc.array(sizes, { minLength: 1, maxLength: 6 }), { maxLength: 60 });
    fc.assert(
      fc.property(groups, (bodies) => {
        const queue = queueFor();
        const all = bodies.map(group);
        const bytes = all.reduce((sum, one) => sum + queue.append(one), 0);
        const frames = framesOf(queue);
        expect(frames.flatMap((frame) => frame.groups)).toEqual(all);
        expect(frames.reduce((sum, frame) => sum + frame.content.length, 0)).toBe(bytes);
        for (const frame of frames) {
          const count = frame.groups.reduce((sum, one) => sum + one.transitions.length, 0);
          expect(frame.transitions).toBe(count);
          if (frame.groups.length > 1) expect(frame.content.length).toBeLessThanOrEqual(512 * kib);
        }
      }),
      { numRuns: 30 },
    );
  });
});
