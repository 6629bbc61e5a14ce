import { LogRuleBroken, UnreadableRecord } from '@perdure/core-log';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { NotOwner } from '@perdure/ports';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClaimOptions } from '../log/open-tail.ts';
import { ScriptedHost } from './scripted-host.fixture.ts';

let on: ScriptedHost;

beforeEach(() => {
  on = new ScriptedHost(new ManualClock());
});

describe('H1: the assignment', () => {
  it('says who should claim', async () => {
    on.host.assigned(false, 6);
    expect([on.openings.length, on.host.opening]).toEqual([0, null]);
    on.host.assigned(true, 7);
    on.host.assigned(true, 7);
    expect(on.openings.length).toBe(1);
    expect(on.opening(1).claim).toMatchObject({ generation: 7, lastTried: 0 });
    expect(on.opening(1).claim.wanted()).toBe(true);
    const over = on.host.opening;
    expect([over === null, on.host.service]).toEqual([false, null]);
    await on.opening(1).done();
    await over;
    expect([on.hear(), on.host.opening]).toEqual([['serving h1'], null]);
    expect(on.host.history).toMatchObject({ name: 'h1' });
    on.host.assigned(true, 8);
    expect(on.openings.length).toBe(1);
  });

  it('that names another node ends nothing but a take-over under way', async () => {
    on.host.assigned(true, 1);
    on.host.assigned(false, 2);
    expect(on.opening(1).claim.wanted()).toBe(false);
    await on.opening(1).fail(new NotOwner(3, null));
    await on.pass(10_000);
    expect([on.hear(), on.openings.length]).toEqual([[], 1]);
    on.host.assigned(true, 3);
    await on.serve();
    on.host.assigned(false, 4);
    await on.pass(50);
    expect(on.host.history).toMatchObject({ name: 'h2' });
  });

  it('of others makes an owner look every 100 ms whether it is one; W5: else every second', async () => {
    on.host.assigned(true, 1);
    await on.serve();
    await on.pass(999);
    expect(on.hear()).toEqual([]);
    await on.pass(1);
    expect(on.hear()).toEqual(['prove h1 1000']);
    on.host.assigned(false, 2);
    await on.pass(1_000);
    on.seen = [];
    for (let i = 0; i < 3; i++) await on.pass(100);
    expect(on.hear()).toEqual(['prove h1 100', 'prove h1 100', 'prove h1 100']);
  });

  it('that takes an owner back that is one still makes it look at once', async () => {
    on.host.assigned(true, 1);
    await on.serve();
    on.host.assigned(false, 2);
    on.host.assigned(true, 3);
    expect(on.hear()).toContain('prove h1 0');
  });
});

describe('H2: an owner that was fenced', () => {
  it.each([
    [0, 50],
    [0.5, 125],
  ])('is thrown away and claims again after a drawn while: %f gives %i ms', async (draw, ms) => {
    on.drawn = draw;
    on.host.assigned(true, 1);
    const { claim } = await on.serve();
    claim.onTried(5);
    claim.onTried(4);
    claim.onFenced(9);
    expect([on.hear(), on.host.history]).toEqual([['stop h1', 'lost h1 9'], null]);
    await on.pass(ms - 1);
    expect(on.openings.length).toBe(1);
    await on.pass(1);
    expect(on.opening(2).claim.lastTried).toBe(5);
    expect(claim.pauseUs()).toBe(ms * 1_000);
  });

  it('does not claim again when it is not named any more', async () => {
    on.host.assigned(true, 1);
    const { claim } = await on.serve();
    on.host.assigned(false, 2);
    claim.onFenced(9);
    await on.pass(10_000);
    expect([on.hear(), on.openings.length]).toEqual([['stop h1', 'lost h1 9'], 1]);
    expect(on.clock.timerCount).toBe(0);
  });

  it('is not served when that happens before it is open', async () => {
    on.host.assigned(true, 1);
    on.opening(1).claim.onFenced(9);
    await on.opening(1).done();
    expect([on.hear(), on.host.history]).toEqual([['stop h1'], null]);
    await on.pass(200);
    expect(on.openings.length).toBe(2);
    await on.opening(2).done();
    expect(on.hear()).toEqual(['serving h2']);
  });

  it('says nothing of the one after it', async () => {
    on.host.assigned(true, 1);
    const { claim, halt } = await on.serve();
    claim.onFenced(9);
    await on.pass(200);
    await on.serve();
    claim.onFenced(10);
    halt(new LogRuleBroken('L5', 'late'));
    expect([on.host.history, on.host.halted]).toMatchObject([{ name: 'h2' }, false]);
  });
});

describe('H3: a fault', () => {
  it('that may pass is tried again, after 200 ms to 2 s', async () => {
    on.host.assigned(true, 1);
    await on.opening(1).fail(new Error('no store'));
    expect(on.hear()).toEqual(['trouble a LogPartition cannot be served no store']);
    await on.pass(199);
    on.host.assigned(true, 2);
    expect(on.openings.length).toBe(1);
    await on.pass(1);
    on.drawn = 0.999_999;
    await on.opening(2).fail(new Error('no store'));
    await on.pass(1_999);
    expect(on.openings.length).toBe(2);
    await on.pass(1);
    await on.opening(3).done();
    expect(on.host.history).toMatchObject({ name: 'h3' });
  });

  it('of an opening that failed says nothing of the one after it', async () => {
    on.host.assigned(true, 1);
    await on.opening(1).fail(new Error('no store'));
    await on.pass(200);
    await on.serve();
    on.opening(1).claim.onFenced(4);
    on.opening(1).halt(new Error('of what was left behind'));
    expect(on.host.history).toMatchObject({ name: 'h2' });
    expect(on.seen.filter((line) => line.startsWith('stop'))).toEqual([]);
  });

  it('of an owner throws it away, and the node claims again', async () => {
    on.host.assigned(true, 1);
    const { halt } = await on.serve();
    halt(new Error('no store'));
    expect(on.hear()).toEqual([
      'trouble a LogPartition cannot be served no store',
      'stop h1',
      'lost h1 null',
    ]);
    await on.pass(200);
    expect(on.openings.length).toBe(2);
  });

  it.each([
    ['a rule that the log broke', new LogRuleBroken('L5', 'lost')],
    ['a record that cannot be read', new UnreadableRecord('newer')],
  ])('%s stops the partition for good', async (_what, fault) => {
    on.host.assigned(true, 1);
    const { halt } = await on.serve();
    halt(fault);
    expect([on.hear()[0], on.host.halted]).toEqual([`halted ${fault.message}`, true]);
    await on.pass(60_000);
    on.host.assigned(true, 2);
    on.host.suspect();
    await on.pass(60_000);
    expect([on.openings.length, on.host.history, on.clock.timerCount]).toEqual([1, null, 0]);
  });

  it('a broken rule stops it in the opening too', async () => {
    on.host.assigned(true, 1);
    await on.opening(1).fail(new LogRuleBroken('L8', 'trimmed'));
    await on.pass(60_000);
    expect([on.hear(), on.openings.length]).toEqual([['halted trimmed (rule L8)'], 1]);
  });
});

describe('giveUp and stop', () => {
  it('let go of an owner at once, until it is assigned again', async () => {
    on.host.assigned(true, 1);
    await on.serve();
    on.host.giveUp();
    expect([on.hear(), on.host.history]).toEqual([['stop h1', 'lost h1 null'], null]);
    await on.pass(10_000);
    expect([on.openings.length, on.clock.timerCount]).toEqual([1, 0]);
    on.host.assigned(true, 2);
    expect(on.openings.length).toBe(2);
  });

  it('let go of an owner that is not open yet', async () => {
    on.host.assigned(true, 1);
    on.host.giveUp();
    await on.opening(1).done();
    expect([on.hear(), on.host.history]).toEqual([['stop h1'], null]);
    await on.pass(10_000);
    expect(on.openings.length).toBe(1);
  });

  it('let go of a take-over even if the node is assigned again meanwhile, and begin another one', async () => {
    on.host.assigned(true, 1);
    on.host.giveUp();
    on.host.assigned(true, 2);
    expect(on.opening(1).claim.wanted()).toBe(false);
    await on.opening(1).done();
    expect([on.hear(), on.host.history]).toEqual([['stop h1'], null]);
    await on.pass(2_000);
    await on.opening(2).done();
    expect(on.hear()).toEqual(['serving h2']);
  });

  it('end for good with `stop`, whatever is under way', async () => {
    on.host.assigned(true, 1);
    on.host.stop();
    expect(on.opening(1).claim.wanted()).toBe(false);
    await on.opening(1).done();
    on.host.assigned(true, 2);
    on.host.suspect();
    await on.pass(10_000);
    expect([on.hear(), on.host.history, on.host.opening]).toEqual([['stop h1'], null, null]);
    expect([on.openings.length, on.clock.timerCount]).toEqual([1, 0]);
  });

  it('end the looks of an owner', async () => {
    on.host.assigned(true, 1);
    await on.serve();
    on.host.stop();
    await on.pass(5_000);
    expect([on.hear(), on.clock.timerCount]).toEqual([['stop h1', 'lost h1 null'], 0]);
  });
});

describe('H4: a suspicion', () => {
  it('makes the node claim though it is not named, and ends when others announce', async () => {
    on.host.assigned(false, 1);
    on.host.suspect();
    on.host.suspect();
    expect([on.openings.length, on.opening(1).claim.wanted()]).toEqual([1, true]);
    const { claim } = await on.serve();
    claim.onFenced(9);
    await on.pass(10_000);
    expect(on.openings.length).toBe(1);
    on.host.suspect();
    expect(on.openings.length).toBe(2);
  });

  it('of an owner is nothing to that owner', async () => {
    on.host.assigned(true, 1);
    await on.serve();
    on.host.suspect();
    on.host.assigned(false, 2);
    on.opening(1).halt(new Error('no store'));
    await on.pass(10_000);
    expect(on.openings.length).toBe(1);
  });

  it('outlasts a fault of the owner that it made', async () => {
    on.host.suspect();
    const { halt } = await on.serve();
    halt(new Error('no broker'));
    await on.pass(200);
    expect(on.openings.length).toBe(2);
  });

  it('is given up with the rest', async () => {
    on.host.suspect();
    on.host.giveUp();
    await on.opening(1).fail(new NotOwner(3, null));
    await on.pass(10_000);
    expect(on.openings.length).toBe(1);
  });

  it('lasts while nobody was disturbed by it', async () => {
    on.host.suspect();
    await on.opening(1).fail(new Error('no broker'));
    await on.pass(200);
    expect(on.openings.length).toBe(2);
  });

  it('ends with a take-over that announced and cannot serve: others may have claimed meanwhile', async () => {
    on.host.suspect();
    on.opening(1).claim.onAnnounced({} as Parameters<ClaimOptions['onAnnounced']>[0]);
    await on.opening(1).fail(new Error('no store'));
    await on.pass(10_000);
    expect(on.openings.length).toBe(1);
  });
});
