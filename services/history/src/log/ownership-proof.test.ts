import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { ownershipProof } from './ownership-proof.ts';
import { other, PumpOnSharedLog } from './shared-pump.fixture.ts';

let on: PumpOnSharedLog;
let idle: boolean;
let prove: (ageMs: number) => Promise<void>;

beforeEach(() => {
  on = new PumpOnSharedLog(new ManualClock(1_000_000));
  idle = false;
  const { pump, port: log, clock } = on;
  const ask = ownershipProof({ pump, log, clock, idle: () => idle });
  prove = async (ageMs) => {
    ask(ageMs * 1_000);
    await on.clock.turn();
  };
});

describe('ownershipProof', () => {
  it('X1: is a barrier, unless the log confirmed the owner recently', async () => {
    on.clock.advance(999_999);
    await prove(1_000);
    expect(on.sent()).toEqual([]);
    on.clock.advance(1);
    await prove(1_000);
    expect(on.sent()).toEqual(['5/1: 0']);
    await on.port.acknowledge();
    await prove(1_000);
    expect(on.sent().length).toBe(1);
    await prove(0);
    expect(on.sent().length).toBe(2);
  });

  it('X1: shows that another one owns', async () => {
    on.log.land(other(6));
    await prove(0);
    await on.port.acknowledge();
    expect(on.seen).toEqual(['fenced by 6']);
    await prove(0);
    expect(on.seen.length).toBe(1);
  });

  it('X2: with nothing in memory is a look, ten times more seldom, and nothing is appended', async () => {
    idle = true;
    on.port.slow = true;
    on.clock.advance(9_999_999);
    await prove(1_000);
    expect(on.port.readsWaiting).toBe(0);
    on.clock.advance(1);
    await prove(1_000);
    expect(on.port.readsWaiting).toBe(1);
    on.clock.advance(1_000_000);
    await prove(1_000);
    expect(on.port.readsWaiting).toBe(1);
    await on.port.letRead();
    await on.clock.turn();
    expect(on.sent()).toEqual([]);
  });

  it('X2: and a barrier when others have written', async () => {
    idle = true;
    on.log.land(other(6));
    await prove(0);
    await on.port.acknowledge();
    expect(on.seen).toEqual(['fenced by 6']);
  });

  it('X2: is asked again when the log does not tell', async () => {
    idle = true;
    on.log.land(other(6));
    on.port.unreadable = new Error('no broker');
    await prove(0);
    expect(on.sent()).toEqual([]);
    on.port.unreadable = null;
    await prove(0);
    expect(on.sent()).toEqual(['5/1: 0']);
  });
});
