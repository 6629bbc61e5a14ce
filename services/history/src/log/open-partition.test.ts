import {
  decodeRecord,
  encodeAnnounce,
  type FramePosition,
  frameBoundsFor,
  LogWriter,
  stateAfter,
} from '@perdure/core-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ControlledLog, settled, TurnClock } from './controlled-log.fixture.ts';
import type { Group } from './group.ts';
import { type OpenedPartition, type OpeningOptions, openPartition } from './open-partition.ts';

const recordBytesMax = 1024 * 1024;

/** A directory that outlives its servers. */
class Directory {
  readonly log = new ControlledLog();
  readonly clock = new TurnClock();
  /** Bodies replayed by the last opening, with clock and frame. */
  replayed: { readonly body: number; readonly clock: number; readonly frame: FramePosition }[] = [];
  #openings = 0;

  open(
    applied: FramePosition | null,
    over: Partial<OpeningOptions> = {},
  ): Promise<OpenedPartition> {
    this.log.immediate = true;
    this.replayed = [];
    this.#openings += 1;
    return openPartition({
      partition: this.log,
      clock: this.clock,
      applied,
      owner: 'test',
      nonce: `nonce ${this.#openings}`,
      recordBytesMax,
      replay: ({ body }, clock, frame) => this.replayed.push({ body: body[0] ?? -1, clock, frame }),
      onHalt: () => undefined,
      onCallbackThrew: (error) => {
        throw error;
      },
      ...over,
    });
  }
}

function group(bodies: readonly number[], onDurable?: (frame: FramePosition) => void): Group {
  const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
  return {
    transitions: bodies.map((body) => ({ run, version: 1, body: new Uint8Array([body]) })),
    durable: (frame) => onDurable?.(frame),
    failed: () => undefined,
  };
}

/** Two openings with a frame each: Announce, [1, 2], Announce, [3]. */
async function twoLives(): Promise<{ directory: Directory; frames: FramePosition[] }> {
  const directory = new Directory();
  const frames: FramePosition[] = [];
  for (const bodies of [[1, 2], [3]]) {
    const { pump } = await directory.open(null);
    pump.append(group(bodies, (frame) => frames.push(frame)));
    directory.clock.endTurn();
    await settled();
  }
  return { directory, frames };
}

describe('openPartition', () => {
  it('announces epoch 1 on an empty log and serves', async () => {
    const directory = new Directory();
    const { epoch, replayed, pump } = await directory.open(null);
    expect([epoch, replayed.frames, directory.log.records.length]).toEqual([1, 0, 1]);
    expect(pump.fault).toBeNull();
    expect(decodeRecord(directory.log.records[0] ?? new Uint8Array(0))).toEqual({
      kind: 'announce',
      announce: { epoch: 1, owner: 'test', nonce: 'nonce 1', generation: 0 },
    });
  });

  it('replays everything when nothing was applied, with clocks and positions', async () => {
    const { directory, frames } = await twoLives();
    const { epoch, replayed } = await directory.open(null);
    const [first, second] = frames as [FramePosition, FramePosition];
    expect(directory.replayed).toEqual([
      { body: 1, clock: first.clock - 1, frame: first },
      { body: 2, clock: first.clock, frame: first },
      { body: 3, clock: second.clock, frame: second },
    ]);
    expect(epoch).toBe(3);
    expect(replayed).toMatchObject({ announced: 2, frames: 2, transitions: 3 });
  });

  it('replays what is above applied only', async () => {
    const { directory, frames } = await twoLives();
    const { replayed } = await directory.open(frames[0] as FramePosition);
    expect(directory.replayed.map(({ body }) => body)).toEqual([3]);
    expect(replayed.void).toEqual({ stale: 0, repeated: 0, gap: 0, unannounced: 0 });
    await directory.open(frames[1] as FramePosition);
    expect(directory.replayed).toEqual([]);
  });

  it('needs no more of the log than what is left after a trim to applied', async () => {
    const { directory, frames } = await twoLives();
    const [first] = frames as [FramePosition];
    directory.log.trimmedBelow = first.offset;
    await directory.open(first);
    expect(directory.replayed.map(({ body }) => body)).toEqual([3]);
  });

  it('L3: goes on above the clock of what it replayed, or of applied', async () => {
    const { directory, frames } = await twoLives();
    directory.clock.us = 5;
    for (const applied of [null, frames[1] as FramePosition]) {
      const { pump } = await directory.open(applied);
      const later: FramePosition[] = [];
      pump.append(group([9], (frame) => later.push(frame)));
      directory.clock.endTurn();
      await settled();
      expect(later[0]?.clock).toBeGreaterThan((frames[1] as FramePosition).clock);
    }
  });

  it('passes over void records and counts them', async () => {
    const { directory } = await twoLives();
    const again = directory.log.records[1] as Uint8Array;
    const tie = encodeAnnounce({ epoch: 2, nonce: 'tie', owner: 'o', generation: 0 });
    directory.log.records.push(again, tie);
    const { epoch, replayed } = await directory.open(null);
    expect(directory.replayed.map(({ body }) => body)).toEqual([1, 2, 3]);
    expect(replayed.void).toEqual({ stale: 1, repeated: 0, gap: 0, unannounced: 0 });
    expect([replayed.ignored, epoch]).toEqual([1, 3]);
  });
});

describe('openPartition halts and leaves the log as it is (L8)', () => {
  async function refused(
    spoil: (directory: Directory, frames: FramePosition[]) => FramePosition | null,
  ): Promise<string> {
    const { directory, frames } = await twoLives();
    const applied = spoil(directory, frames);
    const before = directory.log.appends.length;
    const message = await directory.open(applied).then(
      () => 'opened',
      (fault: Error) => fault.message,
    );
    expect(directory.log.appends.length).toBe(before);
    return message;
  }

  it('when the low mark is above applied', async () => {
    const message = await refused(({ log }, [first]) => {
      log.trimmedBelow = 2;
      return first ?? null;
    });
    expect(message).toMatch(/log begins at offset 2, the store is at offset 1/);
  });

  it('when the log ends below applied', async () => {
    const message = await refused(({ log }, [, second]) => {
      log.records.length = 3;
      return second ?? null;
    });
    expect(message).toMatch(/log ends at offset 3, the store is at offset 3/);
  });

  it('when the log holds another record where applied is', async () => {
    const other = { offset: 1, epoch: 1, nonce: 'of another directory', number: 1, clock: 1 };
    expect(await refused(() => other)).toMatch(/do not belong together/);
  });

  it('when a frame behind applied is missing', async () => {
    const message = await refused(({ log }, [, second]) => {
      const applied = second as FramePosition;
      const state = { ...stateAfter(applied), nextNumber: 1 };
      const writer = new LogWriter<Group>(state, 3, frameBoundsFor(recordBytesMax));
      for (const offset of [4, 5, 6]) {
        writer.append(group([offset]));
        const record = writer.seal(1)?.record as Uint8Array;
        writer.acknowledged(offset);
        if (offset === 6) log.records.push(record);
      }
      return applied;
    });
    expect(message).toMatch(/frame 3 of epoch 2 at offset 4 .*the log lost the frame before it/);
  });

  it('when the log does not give what it says it has', async () => {
    const message = await refused(({ log }) => {
      log.readCount = 0;
      return null;
    });
    expect(message).toMatch(/does not give the record at offset 0 although it ends at 4/);
  });

  it('when the log gives other records than it was asked for', async () => {
    const message = await refused(({ log }) => {
      log.skipped = 1;
      return null;
    });
    expect(message).toMatch(/does not give the record at offset 0 although it ends at 4/);
  });
});

describe('openPartition does not serve when its Announce', () => {
  async function announcing(end: (log: ControlledLog) => Promise<void>): Promise<OpenedPartition> {
    const { directory } = await twoLives();
    const opening = directory.open(null);
    directory.log.immediate = false;
    await settled();
    await Promise.allSettled([end(directory.log), opening]);
    return opening;
  }

  it('cannot be written', async () => {
    await expect(announcing((log) => log.refuse(new Error('disk')))).rejects.toThrow('disk');
  });

  it('lands behind the record of another process', async () => {
    const other = encodeAnnounce({ epoch: 1, nonce: 'x', owner: 'o', generation: 0 });
    await expect(announcing((log) => log.land([other]))).rejects.toThrow(/another process wrote/);
  });

  it('lands below the end of the log', async () => {
    await expect(announcing((log) => log.landAt(3))).rejects.toThrow(/although it ends at 4/);
  });
});

describe('lives of one directory', () => {
  const life = fc.record({
    groups: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 }),
    /** The process ends with a frame in flight: whether that is on the disk. */
    lastLanded: fc.boolean(),
    /** How far the store is behind at the next opening, in transitions. */
    unapplied: fc.nat(10),
    clockUs: fc.integer({ min: 1, max: 2_000_000 }),
  });

  it('W3, L6: replay gives what was acknowledged, in order, and a last frame only if it is on the disk', async () => {
    const property = fc.asyncProperty(fc.array(life, { maxLength: 6 }), async (lives) => {
      const directory = new Directory();
      const durable: { body: number; frame: FramePosition }[] = [];
      let made = 0;
      let onDisk = 0;
      for (const { groups, lastLanded, unapplied, clockUs } of lives) {
        const applied = durable.at(-1 - unapplied)?.frame ?? null;
        const { pump } = await directory.open(applied);
        const tail = durable.filter(({ frame }) => frame.offset > (applied?.offset ?? -1));
        const replayed = directory.replayed.map(({ body, frame }) => ({ body, frame }));
        expect(replayed.slice(0, tail.length)).toEqual(tail);
        durable.push(...replayed.slice(tail.length));
        expect(durable.length).toBe(onDisk);
        directory.clock.us = clockUs;
        for (const size of groups) {
          const bodies = Array.from({ length: size }, () => ++made % 251);
          pump.append(
            group(bodies, (frame) => {
              for (const body of bodies) durable.push({ body, frame });
            }),
          );
          directory.clock.endTurn();
          await settled();
        }
        directory.log.immediate = false;
        pump.append(group([++made % 251]));
        directory.clock.endTurn();
        onDisk = durable.length + (lastLanded ? 1 : 0);
        await (lastLanded ? directory.log.land() : directory.log.refuse(new Error('power')));
      }
      await directory.open(null);
      const clocks = directory.replayed.map(({ clock }) => clock);
      expect(clocks.length).toBe(onDisk);
      expect(clocks).toEqual([...new Set(clocks)].sort((a, b) => a - b));
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
