// A pump on a log that others write too: where frames land (L5), who waits (U5, W4), giving up.

import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { barrierOf, other, PumpOnSharedLog } from './shared-pump.fixture.ts';

let on: PumpOnSharedLog;

beforeEach(() => {
  on = new PumpOnSharedLog(new ManualClock(1_000_000));
});

describe('L5: where a frame landed', () => {
  it('counts behind records of others that are void', async () => {
    await on.send('a');
    on.log.land(barrierOf(4, 'old', 1));
    on.log.land(other(5));
    await on.port.acknowledge();
    expect(on.seen).toEqual(['a at 3: 5/1']);
  });

  it('is void behind the Announce of another owner: everything fails, `onFenced` hears of it once', async () => {
    await on.send('a');
    on.pump.append(on.group('b'));
    on.pump.afterHead(on.waiter('w'));
    on.log.land(other(6));
    await on.port.acknowledge();
    const failed = ['a failed, not owner', 'b failed, not owner', 'w failed, not owner'];
    expect(on.seen).toEqual([...failed, 'fenced by 6']);
    on.seen = [];
    on.pump.append(on.group('late'));
    on.pump.whenDurable(on.waiter('late too'));
    await on.clock.turn();
    expect(on.seen).toEqual(['late failed, not owner', 'late too failed, not owner']);
    expect(on.log.requests.length).toBe(1);
  });

  it('counts where it stood first when it landed twice', async () => {
    await on.send('a');
    on.log.land(on.request(0));
    on.log.land(on.request(0));
    await on.port.acknowledge('last');
    await on.send('b');
    await on.port.acknowledge();
    expect(on.seen).toEqual(['a at 1: 5/1', 'b at 3: 5/2']);
  });

  it('counts when it stood before the Announce of another owner, and again behind it', async () => {
    await on.send('a');
    on.log.land(on.request(0));
    on.log.land(other(6));
    on.log.land(on.request(0));
    on.pump.append(on.group('b'));
    await on.port.acknowledge('last');
    expect(on.seen).toEqual(['a at 1: 5/1', 'b failed, not owner', 'fenced by 6']);
  });

  it('asks again for the records between when they cannot be read, and announces nothing for that', async () => {
    await on.send('a');
    on.log.land(other(4));
    on.port.unreadable = new Error('no broker');
    await on.port.acknowledge();
    expect(on.seen).toEqual([]);
    expect(on.pump.silentUs).toBe(0);
    on.clock.advance(5_000_000);
    await on.clock.turn();
    expect(on.pump.silentUs).toBe(5_000_000);
    on.port.unreadable = null;
    on.clock.advance(1_000_000);
    await on.clock.turn();
    expect(on.seen).toEqual(['a at 2: 5/1']);
    expect([on.sent(), on.pump.silentUs]).toEqual([['5/1: 1'], 0]);
  });

  it('cannot be known when others have stored and trimmed what stands before it', async () => {
    await on.send('a');
    on.pump.append(on.group('b'));
    on.log.land(other(6));
    on.log.land(barrierOf(6, 'other', 50));
    on.log.trimmedBelow = 2;
    await on.port.acknowledge();
    expect(on.seen).toEqual(['a failed, outcome unknown', 'b failed, not owner', 'fenced by 6']);
    expect(on.sent()).toEqual(['5/1: 1']);
  });

  it('stops the partition when it is below what was acknowledged', async () => {
    await on.send('a');
    await on.port.acknowledgeAt(0);
    expect(on.seen[0]).toMatch(/^a failed: .*lost acknowledged records/);
    expect(on.seen[1]).toMatch(/^halt/);
    on.pump.resign();
    on.pump.append(on.group('late'));
    expect(on.seen[2]).toMatch(/^late failed: .*lost acknowledged records/);
    expect(on.sent()).toEqual(['5/1: 1']);
  });
});

describe('U5, W4: what needs no append', () => {
  it('(b) waits for an append that begins after it came: an empty frame when nothing else is sent', async () => {
    on.pump.afterHead(on.waiter('v'));
    on.pump.afterHead(on.waiter('w'));
    expect([on.seen, on.log.requests.length]).toEqual([[], 0]);
    await on.clock.turn();
    expect(on.sent()).toEqual(['5/1: 0']);
    await on.port.acknowledge();
    expect(on.seen).toEqual(['v said', 'w said']);
    await on.clock.turn();
    expect(on.sent().length).toBe(1);
  });

  it('(b) is not let go by an append that was on its way already', async () => {
    await on.send('a');
    on.pump.afterHead(on.waiter('w'));
    await on.port.acknowledge();
    expect(on.seen).toEqual(['a at 1: 5/1']);
    await on.clock.turn();
    expect(on.sent()).toEqual(['5/1: 1', '5/2: 0']);
    on.pump.afterHead(on.waiter('next'));
    await on.port.acknowledge();
    expect(on.seen.slice(1)).toEqual(['w said']);
    await on.clock.turn();
    await on.port.acknowledge();
    await on.clock.turn();
    expect([on.seen.slice(2), on.sent().length]).toEqual([['next said'], 3]);
  });

  it('(b) shares the frame of what is decided in the same turn', async () => {
    on.pump.afterHead(on.waiter('w'));
    await on.send('a');
    expect(on.sent()).toEqual(['5/1: 1']);
    await on.port.acknowledge();
    expect(on.seen).toEqual(['a at 1: 5/1', 'w said']);
  });

  it('(a) waits for what was appended before it', async () => {
    await on.send('a');
    on.pump.append(on.group('b'));
    on.pump.afterHead(on.waiter('w'));
    await on.port.acknowledge();
    expect(on.seen).toEqual(['a at 1: 5/1']);
    await on.clock.turn();
    await on.port.acknowledge();
    expect(on.seen.slice(1)).toEqual(['b at 2: 5/2', 'w said']);
  });

  it('is let go after a barrier that tells nothing and has not landed, by the next one', async () => {
    on.pump.afterHead(on.waiter('v'));
    await on.clock.turn();
    on.pump.afterHead(on.waiter('w'));
    on.pump.whenDurable(on.waiter('durable'));
    await on.port.lose();
    await on.port.acknowledge();
    expect(on.sent()).toEqual(['5/1: 0', 'announce 6', '6/1: 0']);
    await on.port.acknowledge();
    await on.clock.turn();
    if (on.port.pending !== null) await on.port.acknowledge();
    expect([...on.seen].sort()).toEqual(['durable said', 'reclaimed', 'v said', 'w said']);
    await on.clock.turn();
    expect(on.port.pending).toBeNull();
  });

  it('is let go by a barrier that has landed though it told nothing', async () => {
    on.pump.afterHead(on.waiter('v'));
    await on.clock.turn();
    on.log.land(on.request(0));
    await on.port.lose();
    await on.port.acknowledge();
    expect(on.seen).toEqual(['reclaimed', 'v said']);
    await on.clock.turn();
    expect(on.port.pending).toBeNull();
  });

  it('fails when the barrier shows that another owner announced', async () => {
    on.pump.afterHead(on.waiter('w'));
    await on.clock.turn();
    on.log.land(other(9));
    await on.port.acknowledge();
    expect(on.seen).toEqual(['w failed, not owner', 'fenced by 9']);
  });

  it('whenDurable waits for the head and sends no barrier (W3)', async () => {
    on.pump.whenDurable(on.waiter('idle'));
    expect(on.seen).toEqual(['idle said']);
    await on.send('a');
    on.pump.whenDurable(on.waiter('in flight'));
    on.pump.append(on.group('b'));
    on.pump.whenDurable(on.waiter('waiting'));
    await on.port.acknowledge();
    expect(on.seen.slice(1)).toEqual(['a at 1: 5/1', 'in flight said']);
    await on.clock.turn();
    await on.port.acknowledge();
    await on.clock.turn();
    expect(on.seen.slice(3)).toEqual(['b at 2: 5/2', 'waiting said']);
    expect(on.sent().length).toBe(2);
  });

  it('whenDurable waits for a frame that is sent anew', async () => {
    await on.send('a');
    await on.port.lose();
    on.pump.whenDurable(on.waiter('w'));
    await on.port.acknowledge();
    expect(on.seen).toEqual(['reclaimed']);
    await on.port.acknowledge();
    expect(on.seen.slice(1)).toEqual(['a at 2: 6/1', 'w said']);
  });

  it('W5: shows when an append was last acknowledged', async () => {
    on.clock.advance(50);
    await on.send('a');
    expect(on.pump.provenUs).toBe(1_000_000);
    await on.port.acknowledge();
    expect(on.pump.provenUs).toBe(1_000_050);
    on.clock.advance(50);
    await on.send('b');
    await on.port.lose();
    expect(on.pump.provenUs).toBe(1_000_050);
    await on.port.acknowledge();
    expect(on.pump.provenUs).toBe(1_000_100);
  });
});

describe('resign', () => {
  it('fails everything at once: what was sent may still land, what was not never will', async () => {
    await on.send('a');
    on.pump.append(on.group('b'));
    on.pump.afterHead(on.waiter('w'));
    on.pump.resign();
    on.pump.resign();
    const failed = ['a failed, outcome unknown', 'b failed, not owner', 'w failed, not owner'];
    expect(on.seen).toEqual(failed);
    on.pump.append(on.group('c'));
    expect(on.seen.at(-1)).toBe('c failed, not owner');
    await on.port.acknowledge();
    await on.clock.turn();
    expect(on.seen.length).toBe(4);
    expect(on.log.requests.length).toBe(1);
  });

  it.each([
    ['while its Announce is on its way', false],
    ['while it pauses', true],
  ])('ends the take-over from itself %s', async (_name, pausing) => {
    await on.send('a');
    await on.port.lose();
    if (pausing) await on.port.lose();
    on.pump.resign();
    if (!pausing) await on.port.lose();
    expect(on.clock.timerCount).toBe(pausing ? 1 : 0);
    on.clock.advance(60_000_000);
    await on.clock.turn();
    expect(on.seen).toEqual(['a failed, outcome unknown']);
    expect(on.sent()).toEqual(['5/1: 1', 'announce 6']);
    expect(on.clock.timerCount).toBe(0);
  });

  it('ends it while it reads', async () => {
    await on.send('a');
    await on.port.lose();
    on.port.unreadable = new Error('no broker');
    await on.port.acknowledge();
    on.pump.resign();
    on.clock.advance(60_000_000);
    await on.clock.turn();
    expect(on.seen).toEqual(['a failed, outcome unknown']);
    expect([on.sent().length, on.clock.timerCount]).toEqual([2, 0]);
  });

  it('in the release of a frame lets the rest of the frame be durable', async () => {
    on.pump.append(on.group('a', () => on.pump.resign()));
    await on.send('b');
    on.pump.append(on.group('c'));
    await on.port.acknowledge();
    expect(on.seen).toEqual(['a at 1: 5/1', 'c failed, not owner', 'b at 1: 5/1']);
  });
});
