import {
  decodeRecord,
  type FramePosition,
  frameBoundsFor,
  GroupTooLarge,
  LogWriter,
  type PendingTransition,
} from '@perdure/core-log';
import { StorageFault } from '@perdure/ports';
import { beforeEach, describe, expect, it } from 'vitest';
import { ControlledLog, settled, TurnClock } from './controlled-log.fixture.ts';
import type { Group } from './group.ts';
import { LogPump } from './log-pump.ts';

const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
const kib = 1024;

let log: ControlledLog;
let clock: TurnClock;
let pump: LogPump;
/** What left the pump, in order. */
let seen: string[];

beforeEach(() => {
  log = new ControlledLog();
  clock = new TurnClock();
  seen = [];
  log.records.push(new Uint8Array(1));
  pump = new LogPump({
    partition: log,
    clock,
    writer: new LogWriter<Group>(
      { epoch: 4, nonce: 'n', nextNumber: 1, clock: 5 },
      0,
      frameBoundsFor(1024 * kib),
    ),
    tailBounds: { bytesMax: 10_000, transitionsMax: 100 },
    onHalt: (fault) => seen.push(`halt ${fault.message}`),
    onCallbackThrew: (error) => {
      if ((error as Error).message === 'fatal') throw error;
      seen.push(`threw ${(error as Error).message}`);
    },
  });
});

interface GroupOptions {
  readonly transitions?: number;
  readonly bytes?: number;
  readonly onDurable?: () => void;
}

function group(name: string, options: GroupOptions = {}): Group {
  const { transitions: count = 1, bytes = 10, onDurable } = options;
  const transitions: PendingTransition[] = [];
  for (let version = 1; version <= count; version++) {
    transitions.push({ run, version, body: new Uint8Array(bytes) });
  }
  return {
    transitions,
    durable(frame: FramePosition, firstClock: number) {
      seen.push(`${name} in ${frame.offset} at ${firstClock}`);
      onDurable?.();
    },
    failed: (fault) => seen.push(`${name} failed: ${fault.message}`),
  };
}
const waiter = (name: string) => ({
  durable: () => seen.push(`${name} said`),
  failed: (fault: Error) => seen.push(`${name} failed: ${fault.message}`),
});
function sizes(): number[] {
  return log.appends.map((records) => {
    expect(records.length).toBe(1);
    const entry = decodeRecord(records[0] as Uint8Array);
    return entry.kind === 'frame' ? entry.frame.transitions.length : -1;
  });
}

describe('U1: batching', () => {
  it('puts what is decided in one turn into one frame, at the end of the turn', () => {
    pump.append(group('a'));
    pump.append(group('b', { transitions: 2 }));
    expect(log.inFlight).toBe(false);
    clock.endTurn();
    expect(sizes()).toEqual([3]);
  });

  it('has one frame in flight; what comes meanwhile shares the next', async () => {
    pump.append(group('a'));
    clock.endTurn();
    pump.append(group('b'));
    clock.endTurn();
    pump.append(group('c'));
    clock.endTurn();
    expect(sizes()).toEqual([1]);
    await log.land();
    expect(sizes()).toEqual([1]);
    clock.endTurn();
    expect(sizes()).toEqual([1, 2]);
  });

  it('shares the next frame with what the release of the last one decides', async () => {
    pump.append(group('a', { onDurable: () => pump.append(group('c')) }));
    clock.endTurn();
    pump.append(group('b'));
    await log.land();
    clock.endTurn();
    expect(sizes()).toEqual([1, 2]);
  });

  it('sends a full frame at once on the acknowledgement, before the release', async () => {
    pump.append(group('a', { onDurable: () => seen.push(`in flight ${log.inFlight}`) }));
    clock.endTurn();
    pump.append(group('b', { bytes: 70 * kib }));
    pump.append(group('c'));
    await log.land();
    expect(seen).toEqual(['a in 1 at 1000000', 'in flight true']);
    await log.land();
    clock.endTurn();
    await log.land();
    expect(sizes()).toEqual([1, 1, 1]);
  });

  it('keeps a group in one frame and lets a large one travel alone', async () => {
    log.immediate = true;
    pump.append(group('a'));
    pump.append(group('large', { transitions: 600 }));
    pump.append(group('b'));
    for (let i = 0; i < 3; i++) {
      clock.endTurn();
      await settled();
    }
    expect(sizes()).toEqual([1, 600, 1]);
    expect(pump.counts).toMatchObject({ frames: 3, transitions: 602, batchMax: 600 });
  });

  it('refuses a group above the limit of a record and goes on', async () => {
    const large = group('large', { transitions: 2, bytes: 600 * kib });
    expect(() => pump.append(large)).toThrow(GroupTooLarge);
    pump.append(group('a'));
    clock.endTurn();
    await log.land();
    expect(seen).toEqual(['a in 1 at 1000000']);
  });
});

describe('U2: release', () => {
  it('happens in order, with clocks, and not before the acknowledgement', async () => {
    pump.append(group('a', { transitions: 3 }));
    pump.append(group('b'));
    clock.endTurn();
    expect(seen).toEqual([]);
    await log.land();
    expect(seen).toEqual(['a in 1 at 1000000', 'b in 1 at 1000003']);
  });

  it('gives the next frame a clock above the last one when time stands still', async () => {
    pump.append(group('a', { transitions: 3 }));
    clock.endTurn();
    await log.land();
    pump.append(group('b'));
    clock.endTurn();
    await log.land();
    expect(seen.at(-1)).toBe('b in 2 at 1000003');
  });

  it('goes on when a callback throws', async () => {
    const bad = group('bad', {
      onDurable: () => {
        throw new Error('bug');
      },
    });
    for (const one of [bad, group('b')]) pump.append(one);
    clock.endTurn();
    await log.land();
    expect(seen).toEqual(['bad in 1 at 1000000', 'threw bug', 'b in 1 at 1000001']);
    expect(pump.fault).toBeNull();
  });
});

describe('afterHead (W4)', () => {
  it('answers at once when nothing is under way', async () => {
    pump.afterHead(waiter('idle'));
    expect(seen).toEqual(['idle said']);
    pump.append(group('a'));
    clock.endTurn();
    await log.land();
    pump.afterHead(waiter('later'));
    expect(seen.at(-1)).toBe('later said');
  });

  it('waits for the frame of the last append, not for later ones', async () => {
    pump.append(group('a'));
    pump.afterHead(waiter('open'));
    clock.endTurn();
    pump.afterHead(waiter('in flight'));
    pump.append(group('b'));
    pump.afterHead(waiter('next'));
    expect(seen).toEqual([]);
    await log.land();
    expect(seen).toEqual(['a in 1 at 1000000', 'open said', 'in flight said']);
    clock.endTurn();
    await log.land();
    expect(seen.slice(3)).toEqual(['b in 2 at 1000001', 'next said']);
  });
});

describe('the end of a turn', () => {
  it('is asked for once, and only while something waits and nothing is in flight', async () => {
    for (const name of ['a', 'b']) pump.append(group(name));
    expect(clock.asked).toBe(1);
    clock.endTurn();
    pump.append(group('c'));
    expect(clock.asked).toBe(0);
    await log.land();
    expect(clock.asked).toBe(1);
    clock.endTurn();
    await log.land();
    expect(clock.asked).toBe(0);
  });
});

describe('U3: the first fault', () => {
  async function fail(how: () => Promise<void>): Promise<void> {
    pump.append(group('a'));
    clock.endTurn();
    pump.append(group('b'));
    pump.afterHead(waiter('w'));
    await how();
  }

  it('fails everything under way in order, then halts, then refuses', async () => {
    await fail(() => log.refuse(new Error('disk')));
    const failed = ['a failed: disk', 'b failed: disk', 'w failed: disk', 'halt disk'];
    expect(seen).toEqual(failed);
    pump.append(group('c'));
    pump.afterHead(waiter('late'));
    clock.endTurn();
    expect(seen).toEqual([...failed, 'c failed: disk', 'late failed: disk']);
    expect(log.appends.length).toBe(1);
    expect(pump.fault?.message).toBe('disk');
  });

  it.each([
    ['lands', () => log.land()],
    ['is refused', () => log.refuse(new Error('second'))],
  ])('is the only one: nothing is released when the frame behind it %s', async (_name, end) => {
    const first = group('a', {
      onDurable: () => {
        throw new Error('fatal');
      },
    });
    pump.append(first);
    clock.endTurn();
    pump.append(group('b', { bytes: 70 * kib }));
    pump.append(group('c'));
    await log.land();
    expect(log.inFlight).toBe(true);
    await end();
    expect(seen).toEqual(['a in 1 at 1000000', 'b failed: fatal', 'c failed: fatal', 'halt fatal']);
  });

  it('reaches the others when one of those who hear of it throws', async () => {
    const deaf: Group = {
      ...group('deaf'),
      failed: () => {
        throw new Error('bug');
      },
    };
    pump.append(deaf);
    clock.endTurn();
    pump.append(group('b'));
    for (const name of ['v', 'w']) pump.afterHead(waiter(name));
    await log.refuse('disk');
    const reason = 'failed: the log refused an append';
    const others = ['b', 'v', 'w'].map((name) => `${name} ${reason}`);
    expect(seen).toEqual(['threw bug', ...others, 'halt the log refused an append']);
    expect(pump.fault?.cause).toBe('disk');
  });

  it('L5: an offset below what was acknowledged is one', async () => {
    await fail(() => log.landAt(0));
    expect(seen[0]).toMatch(/^a failed: .*the log lost acknowledged records/);
    expect(seen.at(-1)).toMatch(/^halt/);
  });

  it('L5: a record of somebody else before the frame is one', async () => {
    await fail(() => log.land([new Uint8Array(2)]));
    expect(seen[0]).toMatch(/^a failed: another process wrote to the log below offset 2/);
    expect(pump.fault).toBeInstanceOf(StorageFault);
  });
});
