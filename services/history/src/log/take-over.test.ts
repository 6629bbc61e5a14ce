import {
  decodeRecord,
  type FramePosition,
  frameBoundsFor,
  LogRuleBroken,
  LogWriter,
} from '@perdure/core-log';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Group } from './group.ts';
import { SharedLog, SharedLogPort } from './shared-log.fixture.ts';
import { SharedPartition } from './shared-partition.ts';
import { announceOf, other } from './shared-pump.fixture.ts';
import { type TakenOver, takeOver } from './take-over.ts';

let log: SharedLog;
let port: SharedLogPort;
let clock: ManualClock;
/** Of the owner before: it has announced epoch 4, and written frames with the bodies 1, 2 and 3. */
let before: LogWriter<Group>;
let positions: FramePosition[];
let applied: FramePosition | null;
/** Bodies that were replayed since the last start. */
let replayed: number[];
let starts: number;
let wanted: boolean;

beforeEach(() => {
  log = new SharedLog();
  port = new SharedLogPort(log);
  clock = new ManualClock();
  applied = null;
  positions = [];
  replayed = [];
  starts = 1;
  wanted = true;
  log.land(announceOf(4, 'before'));
  const state = { epoch: 4, nonce: 'before', nextNumber: 1, clock: 0 };
  before = new LogWriter<Group>(state, 0, frameBoundsFor(100_000));
  for (const body of [1, 2, 3]) positions.push(write(body));
});

function record(body: number): Uint8Array {
  const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
  const transitions = [{ run, version: 1, body: new Uint8Array([body]) }];
  before.append({ transitions, durable: () => undefined, failed: () => undefined });
  return (before.seal(body * 10) as { record: Uint8Array }).record;
}
function write(body: number): FramePosition {
  const landing = before.acknowledged(log.land(record(body)));
  if (landing.kind !== 'durable') throw new Error(landing.kind);
  return landing.position;
}

/** Empty while it is under way. */
type TakeOver = { taken?: TakenOver | null; fault?: Error };

function begin(lastTried = 0): TakeOver {
  let nonces = 0;
  const shared = new SharedPartition(
    {
      partition: port,
      logPartition: 3,
      clock,
      owner: 'me',
      generation: 2,
      newNonce: () => `me ${++nonces}`,
      onFenced: () => undefined,
      onUnknown: () => undefined,
      onSettled: () => undefined,
    },
    { lastTried, onTried: () => undefined },
  );
  const result: TakeOver = {};
  takeOver({
    partition: port,
    shared,
    readApplied: async () => applied,
    startAgain: () => {
      starts += 1;
      replayed = [];
    },
    wanted: () => wanted,
    pauseUs: () => 70_000,
    replay: ({ body }, at, position) => {
      expect(at).toBe(position.clock);
      replayed.push(body[0] ?? -1);
    },
  }).then(
    (taken) => Object.assign(result, { taken }),
    (fault: unknown) => Object.assign(result, { fault }),
  );
  return result;
}
async function pass(us: number): Promise<void> {
  clock.advance(us);
  for (let i = 0; i < 2; i++) await clock.turn();
}
async function begun(lastTried = 0): Promise<TakeOver> {
  const result = begin(lastTried);
  return pass(0).then(() => result);
}
function announces(): number[] {
  return log.requests.map(({ record: bytes }) => {
    const entry = decodeRecord(bytes);
    if (entry.kind !== 'announce') throw new Error('only Announces');
    expect(entry.announce).toMatchObject({ owner: 'me', generation: 2 });
    return entry.announce.epoch;
  });
}

describe('V1: a take-over', () => {
  it('replays what counts from the beginning up to its Announce, which is above the epoch in force', async () => {
    const result = await begun();
    expect([replayed, announces(), result]).toEqual([[1, 2, 3], [5], {}]);
    await port.acknowledge();
    expect(result.taken).toMatchObject({
      applied: null,
      state: { epoch: 5, nonce: 'me 1', nextNumber: 1, clock: 30 },
      announceOffset: 4,
      replayed: { frames: 3, announced: 2 },
      claims: 1,
    });
  });

  it('replays what is above `applied` only', async () => {
    applied = positions[1] as FramePosition;
    log.trimmedBelow = applied.offset;
    const result = await begun();
    await port.acknowledge();
    expect(replayed).toEqual([3]);
    expect(result.taken).toMatchObject({ applied, state: { clock: 30 }, announceOffset: 4 });
  });

  it('replays what others put before the Announce, and nothing of what they put behind it', async () => {
    const result = await begun();
    write(4);
    const late = record(5);
    log.land(port.pending as NonNullable<typeof port.pending>);
    log.land(late);
    await port.acknowledge();
    expect(replayed).toEqual([1, 2, 3, 4]);
    expect(result.taken).toMatchObject({ announceOffset: 5, state: { clock: 40 } });
  });

  it('passes over void records', async () => {
    log.land(log.records[1] as Uint8Array);
    log.land(other(4));
    const result = await begun();
    await port.acknowledge();
    expect(replayed).toEqual([1, 2, 3]);
    expect(result.taken).toMatchObject({ replayed: { ignored: 1, void: { repeated: 1 } } });
  });

  it('announces above every epoch that this process tried before (L4)', async () => {
    await begun(17);
    expect(announces()).toEqual([18]);
  });

  it('announces nothing when the log does not belong to the store', async () => {
    applied = { ...(positions[1] as FramePosition), nonce: 'of another cluster' };
    const { fault } = await begun();
    expect(fault).toMatchObject({ name: 'LogRuleBroken', rule: 'L8' });
    expect(announces()).toEqual([]);
  });
});

describe('V2: another claim', () => {
  it('follows an Announce that a higher one of others stands before, after a pause', async () => {
    const result = await begun();
    log.land(other(9));
    await port.acknowledge();
    await pass(69_999);
    expect(announces()).toEqual([5]);
    await pass(1);
    expect([announces(), result]).toEqual([[5, 10], {}]);
    await port.acknowledge();
    expect(result.taken).toMatchObject({ state: { epoch: 10, nonce: 'me 2' }, claims: 2 });
    expect(replayed).toEqual([1, 2, 3]);
  });

  it('follows an Announce of the same epoch that stands before', async () => {
    const result = await begun();
    log.land(other(5));
    await port.acknowledge();
    await pass(70_000);
    await port.acknowledge();
    expect(result.taken).toMatchObject({ state: { epoch: 6, nonce: 'me 2' }, announceOffset: 6 });
  });

  it.each([
    ['never', false],
    ['all the same', true],
  ])('follows one that told nothing and landed %s', async (_how, lands) => {
    const result = await begun();
    if (lands) log.land(port.pending as NonNullable<typeof port.pending>);
    await port.lose();
    log.land(record(4));
    await pass(70_000);
    expect(announces()).toEqual([5, 6]);
    await port.acknowledge();
    expect(result.taken).toMatchObject({ state: { epoch: 6, nonce: 'me 2' }, claims: 2 });
    expect(replayed).toEqual(lands ? [1, 2, 3] : [1, 2, 3, 4]);
  });

  it('does not follow when the node does not want to be the owner any more', async () => {
    const result = await begun();
    wanted = false;
    await port.lose();
    await pass(70_000);
    expect([result.taken, announces()]).toEqual([null, [5]]);
  });

  it('is not the first when the node has changed its mind while it read', async () => {
    port.slow = true;
    const result = await begun();
    wanted = false;
    port.slow = false;
    await port.letRead();
    await clock.turn();
    expect([result.taken, announces()]).toEqual([null, []]);
  });

  it('rejects with a fault that may pass', async () => {
    const result = await begun();
    port.unreadable = new Error('no broker');
    await port.acknowledge();
    expect(result.fault?.message).toBe('no broker');
  });
});

describe('V3: a log that others trim meanwhile', () => {
  it('is read again from where the store has gone on to', async () => {
    port.slow = true;
    port.readCount = 1;
    const result = await begun();
    for (let i = 0; i < 4; i++) await port.letRead();
    expect(replayed).toEqual([1]);
    applied = positions[2] as FramePosition;
    log.trimmedBelow = applied.offset;
    port.slow = false;
    await port.letRead();
    await clock.turn();
    expect([starts, replayed, announces()]).toEqual([2, [], [5]]);
    await port.acknowledge();
    expect(result.taken).toMatchObject({ applied, state: { clock: 30 }, announceOffset: 4 });
  });

  it('is read again when it was trimmed above the checkpoint before the first look', async () => {
    const result = begin();
    log.trimmedBelow = 2;
    await Promise.resolve();
    applied = positions[1] as FramePosition;
    await clock.turn();
    await port.acknowledge();
    expect([starts, replayed]).toEqual([2, [3]]);
    expect(result.taken).toMatchObject({ applied });
  });

  it('is a fault when the store has not gone on', async () => {
    log.trimmedBelow = 2;
    const { fault } = await begun();
    expect(fault).toBeInstanceOf(LogRuleBroken);
    expect([fault?.message.includes('begins at offset 2'), starts]).toEqual([true, 1]);
  });
});

describe('V4: an end that is not the end', () => {
  it('is of a leader that is none any more: the Announce tells where the log ends', async () => {
    applied = positions[2] as FramePosition;
    port.behind = 3;
    const result = await begun();
    expect(announces()).toEqual([5]);
    port.behind = 0;
    await port.acknowledge();
    expect(result.taken).toMatchObject({ applied, announceOffset: 4 });
    expect(replayed).toEqual([]);
  });

  it('may be named after an Announce that told nothing', async () => {
    const result = await begun();
    port.behind = 3;
    await port.lose();
    await pass(70_000);
    await port.acknowledge();
    expect(result.taken).toMatchObject({ announceOffset: 4 });
    expect(replayed).toEqual([1, 2, 3]);
  });

  it.each([
    ['at', 3],
    ['below', 2],
  ])('is where an Announce lands %s the checkpoint: the log lost records', async (_where, end) => {
    applied = positions[2] as FramePosition;
    log.records.length = end;
    const result = await begun();
    await port.acknowledge();
    expect(result.fault).toBeInstanceOf(LogRuleBroken);
  });
});
