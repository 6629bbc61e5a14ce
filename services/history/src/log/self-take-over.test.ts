import { decodeRecord } from '@perdure/core-log';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { barrierOf, other, PumpOnSharedLog } from './shared-pump.fixture.ts';

let on: PumpOnSharedLog;

beforeEach(() => {
  on = new PumpOnSharedLog(new ManualClock(1_000_000));
});

describe('U4, L6: an append that tells nothing', () => {
  it('is followed by a higher epoch; what has landed counts, under its own', async () => {
    await on.send('a');
    on.pump.append(on.group('b'));
    on.log.land(on.request(0));
    await on.port.lose();
    expect([on.seen, on.sent()]).toEqual([[], ['5/1: 1', 'announce 6']]);
    await on.port.acknowledge();
    expect(on.seen).toEqual(['reclaimed', 'a at 1: 5/1']);
    expect(on.sent().at(-1)).toBe('6/1: 1');
    await on.port.acknowledge();
    expect(on.seen.slice(2)).toEqual(['b at 3: 6/1']);
    expect([on.unknowns, on.pump.epoch, on.pump.counts.frames]).toEqual([1, 6, 2]);
  });

  it('is sent anew, first, when it has not landed; what lands later changes nothing', async () => {
    await on.send('a');
    on.pump.append(on.group('b'));
    await on.port.lose();
    await on.port.acknowledge();
    expect(on.seen).toEqual(['reclaimed']);
    on.log.land(on.request(0));
    expect(on.sent().slice(2)).toEqual(['6/1: 1']);
    await on.port.acknowledge();
    await on.clock.turn();
    await on.port.acknowledge();
    expect(on.seen.slice(1)).toEqual(['a at 3: 6/1', 'b at 4: 6/2']);
  });

  it('Y1: announces with a new epoch and nonce until one is acknowledged, after longer and longer pauses', async () => {
    await on.send('a');
    await on.port.lose();
    await on.port.lose();
    expect(on.sent()).toEqual(['5/1: 1', 'announce 6']);
    on.clock.advance(19_999);
    await on.clock.turn();
    expect(on.sent().length).toBe(2);
    on.clock.advance(1);
    await on.clock.turn();
    expect(on.sent()[2]).toBe('announce 7');
    await on.port.lose();
    on.clock.advance(39_999);
    await on.clock.turn();
    expect(on.sent().length).toBe(3);
    on.clock.advance(1);
    await on.clock.turn();
    expect([on.sent()[3], on.tried]).toEqual(['announce 8', [6, 7, 8]]);
    on.log.land(on.request(1));
    await on.port.acknowledge();
    expect(on.seen).toEqual(['reclaimed']);
    const nonces = on.log.requests.slice(1, 4).map(({ record }) => {
      const entry = decodeRecord(record);
      return entry.kind === 'announce' ? entry.announce.nonce : '';
    });
    expect(new Set(nonces).size).toBe(3);
    await on.port.acknowledge();
    expect(on.seen.at(-1)).toBe('a at 3: 8/1');
  });

  it('Y1: asks once a second in the end', async () => {
    await on.send('a');
    await on.port.lose();
    for (let announces = 1; announces < 20; announces++) {
      await on.port.lose();
      on.clock.advance(1_000_000);
      await on.clock.turn();
      expect(on.port.pending).not.toBeNull();
    }
  });

  it('L4: announces above every epoch that this process on.tried before', async () => {
    on.pump = on.pumpAt({ lastTried: 11 });
    await on.send('a');
    await on.port.lose();
    expect(on.sent().at(-1)).toBe('announce 12');
  });

  it('Q2: ends when another owner announced before; what landed before that is durable', async () => {
    await on.send('a');
    on.pump.append(on.group('b'));
    on.log.land(on.request(0));
    on.log.land(other(7));
    await on.port.lose();
    await on.port.acknowledge();
    expect(on.seen).toEqual(['fenced', 'a at 1: 5/1', 'b failed, not owner', 'fenced by 7']);
  });

  it('Q2: ends when another owner announced before, and what landed behind that is void', async () => {
    await on.send('a');
    on.log.land(other(6));
    on.log.land(on.request(0));
    await on.port.lose();
    await on.port.acknowledge();
    expect(on.seen).toEqual(['fenced', 'a failed, not owner', 'fenced by 6']);
    await on.clock.turn();
    expect(on.port.pending).toBeNull();
  });

  it('W2: sends nothing else until it is settled', async () => {
    await on.send('a');
    await on.port.lose();
    await on.send('b');
    on.pump.afterHead(on.waiter('w'));
    await on.clock.turn();
    expect(on.sent()).toEqual(['5/1: 1', 'announce 6']);
  });

  it('Y2: an Announce that is acknowledged is not repeated because what stands before it cannot be read', async () => {
    await on.send('a');
    await on.port.lose();
    on.port.unreadable = new Error('no broker');
    await on.port.acknowledge();
    on.clock.advance(10_000_000);
    await on.clock.turn();
    expect(on.sent()).toEqual(['5/1: 1', 'announce 6']);
    on.port.unreadable = null;
    on.clock.advance(1_000_000);
    await on.clock.turn();
    expect(on.seen).toEqual(['reclaimed']);
    expect(on.sent().at(-1)).toBe('6/1: 1');
  });

  it('Y2: ends when others have stored and trimmed what stands before the Announce', async () => {
    await on.send('a');
    on.pump.append(on.group('b'));
    await on.port.lose();
    on.log.land(other(7));
    on.log.land(barrierOf(7, 'other', 50));
    on.log.trimmedBelow = 2;
    await on.port.acknowledge();
    expect(on.seen).toEqual(['a failed, outcome unknown', 'b failed, not owner', 'fenced by 6']);
    on.clock.advance(60_000_000);
    await on.clock.turn();
    expect(on.sent()).toEqual(['5/1: 1', 'announce 6']);
  });

  it('goes again after a while, not at once, when it is refused again and again', async () => {
    await on.send('a');
    for (const waits of [0, 20_000, 40_000]) {
      await on.port.lose();
      on.clock.advance(Math.max(waits - 1, 0));
      await on.clock.turn();
      if (waits > 0) expect(on.port.pending).toBeNull();
      on.clock.advance(1);
      await on.clock.turn();
      await on.port.acknowledge();
    }
    expect(on.sent().at(-1)).toBe('8/1: 1');
    await on.port.acknowledge();
    await on.send('b');
    await on.port.lose();
    expect(on.sent().at(-1)).toBe('announce 9');
  });

  it('shows since when the log is silent (M10)', async () => {
    await on.send('a');
    on.clock.advance(300);
    expect(on.pump.silentUs).toBe(0);
    await on.port.lose();
    on.clock.advance(700);
    expect(on.pump.silentUs).toBe(700);
    await on.port.acknowledge();
    expect(on.pump.silentUs).toBe(0);
  });

  it('stops the partition when the log lost what was acknowledged', async () => {
    await on.send('a');
    await on.port.acknowledge();
    await on.send('b');
    await on.port.lose();
    await on.port.acknowledgeAt(1);
    expect(on.seen[1]).toMatch(
      /^b failed: an Announce landed at offset 1.*lost acknowledged records/,
    );
    expect(on.seen[2]).toMatch(/^halt/);
  });

  it('stops the partition when the log holds a frame of this owner that it did not send', async () => {
    await on.send('a');
    on.log.land(barrierOf(5, 'me 0', 77));
    await on.port.lose();
    await on.port.acknowledge();
    expect(on.seen.at(-1)).toMatch(/^halt .*frame 1 .*did not send/);
  });
});
