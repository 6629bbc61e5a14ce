// Several owners of one LogPartition, each with the production take-over and pump (L4-L7, W2-W4), over a network that
// delays, loses answers, lets requests land late and again, and refuses what has landed. What counts is judged by a model.

import { decodeRecord } from '@perdure/core-log';
import { ManualClock } from '@perdure/matching/fixtures/manual-clock';
import { NotOwner } from '@perdure/ports';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type JudgedLog, judgedByModel, placesOf } from './log-model.fixture.ts';
import type { Request } from './shared-log.fixture.ts';
import { type Life, noBroker, SharedWorld, type WaitingCall } from './shared-world.fixture.ts';

const kinds = {
  /** What happens next without faults. */
  advance: 30,
  append: 12,
  turn: 8,
  afterHead: 5,
  whenDurable: 4,
  open: 4,
  /** The answer is lost; the request landed before, lands later or never. */
  lose: 7,
  loseLanded: 5,
  /** What was sent lands, for the first time or again. */
  land: 6,
  landAgain: 3,
  acknowledgeLast: 2,
  resign: 1,
  pass: 6,
  apply: 3,
  unreadable: 1,
  readable: 3,
  slow: 1,
  letRead: 4,
  behind: 1,
  throwing: 1,
} as const;

type Kind = keyof typeof kinds;
interface Step {
  readonly kind: Kind;
  readonly node: number;
  readonly pick: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    ...Object.entries(kinds).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind as Kind),
    })),
  ),
  node: fc.nat(3),
  pick: fc.nat(1_000),
});

async function take(world: SharedWorld, { kind, node: index, pick }: Step): Promise<void> {
  const { log, nodes, clock } = world;
  const node = nodes[index % nodes.length] as (typeof nodes)[number];
  const { port } = node;
  switch (kind) {
    case 'advance':
      if (port.readsWaiting > 0) await port.letRead();
      else if (port.pending !== null) await port.acknowledge();
      else if (node.life === null) world.open(node);
      else world.append(node, 1 + (pick % 3));
      break;
    case 'append':
      world.append(node, 1 + (pick % 3));
      return;
    case 'afterHead':
    case 'whenDurable':
      world.wait(node, kind);
      return;
    case 'open':
      world.open(node);
      break;
    case 'lose':
      if (port.pending !== null) await port.lose();
      break;
    case 'loseLanded':
      if (port.pending?.landedAt.length === 0) log.land(port.pending);
      if (port.pending !== null) await port.lose();
      break;
    case 'land': {
      const late = log.requests.filter(({ landedAt }) => landedAt.length === 0);
      const one = late[pick % Math.max(late.length, 1)];
      if (one !== undefined) log.land(one);
      break;
    }
    case 'landAgain': {
      const again = log.requests[pick % Math.max(log.requests.length, 1)];
      if (again !== undefined) log.land(again);
      break;
    }
    case 'acknowledgeLast':
      if (port.pending !== null) await port.acknowledge('last');
      break;
    case 'resign':
      world.resign(node);
      break;
    case 'pass':
      clock.advance(pick * 1_000);
      break;
    case 'apply': {
      const life = world.lives[pick % Math.max(world.lives.length, 1)];
      if (life !== undefined) world.apply(life, pick);
      break;
    }
    case 'unreadable':
      port.unreadable = noBroker;
      break;
    case 'readable':
      port.unreadable = null;
      break;
    case 'slow':
      port.slow = true;
      break;
    case 'letRead':
      port.slow = false;
      await port.letRead();
      break;
    case 'behind':
      port.behind = port.behind === 0 ? 1 + (pick % 4) : 0;
      break;
    case 'throwing':
      world.throwing = !world.throwing;
      break;
    case 'turn':
      break;
  }
  await world.go();
}

const seen = {
  durable: 0,
  refusedForSure: 0,
  outcomeUnknown: 0,
  fenced: 0,
  landed: 0,
  gone: 0,
  proofs: 0,
  tails: 0,
  trimmed: 0,
};

function checkGroups(judged: JudgedLog, lives: readonly Life[]): void {
  for (const { groups } of lives) {
    let last = -1;
    for (const { name, size, told } of groups) {
      const places = placesOf(judged, name);
      expect([0, size], `${name} counts once or not at all`).toContain(places.length);
      const [first] = places;
      if (told?.kind === 'durable') {
        seen.durable += 1;
        expect(first, name).toEqual({ offset: told.frame.offset, clock: told.firstClock });
        const counted = judged.frames.find(({ offset }) => offset === told.frame.offset);
        expect(counted?.frame, name).toMatchObject({
          epoch: told.frame.epoch,
          nonce: told.frame.nonce,
          number: told.frame.number,
        });
      } else if (told?.fault instanceof NotOwner && !told.fault.outcomeUnknown) {
        seen.refusedForSure += 1;
        expect(places, `${name} was refused for sure`).toEqual([]);
      } else seen.outcomeUnknown += 1;
      if (first === undefined) continue;
      expect(new Set(places.map(({ offset }) => offset)).size, `${name} is in one frame`).toBe(1);
      expect(first.clock, `${name} keeps its place in the order`).toBeGreaterThan(last);
      last = first.clock;
    }
  }
}

/** L3. */
function checkClocks(judged: JudgedLog): void {
  let last = 0;
  for (const { frame } of judged.frames) {
    expect(frame.clock).toBeGreaterThan(last);
    last = frame.clock + Math.max(frame.transitions.length, 1) - 1;
  }
}

/** W4b: whoever was let go has a frame of this owner behind it that was sent after the call, and nobody else's Announce. */
function checkProof(judged: JudgedLog, world: SharedWorld, call: WaitingCall): void {
  const { life, requestsBefore, recordsThen } = call;
  const later = world.log.requests.slice(requestsBefore).map(({ record }) => record);
  const proof = judged.frames.find(
    ({ offset, frame }) =>
      offset < recordsThen &&
      life.nonces.has(frame.nonce) &&
      later.includes(world.log.records[offset] as Uint8Array),
  );
  expect(proof, 'an append begun after the call counts').toBeDefined();
  const from = life.taken?.announceOffset ?? 0;
  for (const { offset, announce } of judged.announces) {
    if (offset < from || offset > (proof?.offset ?? 0)) continue;
    expect(life.nonces.has(announce.nonce), 'nobody else announced before').toBe(true);
  }
  seen.proofs += 1;
}

function checkWaiters(judged: JudgedLog, world: SharedWorld): void {
  for (const { waiters } of world.lives) {
    for (const call of waiters) {
      if (call.told !== 'released') continue;
      expect(call.undurableThen, 'what was appended before is durable').toBe(0);
      if (call.kind === 'afterHead') checkProof(judged, world, call);
    }
  }
}

/** L7. */
function checkTails(judged: JudgedLog, lives: readonly Life[]): void {
  for (const { taken, tail, pump } of lives) {
    if (taken === null || pump === null) continue;
    const { applied, announceOffset } = taken;
    const expected = judged.frames
      .filter(({ offset }) => offset > (applied?.offset ?? -1) && offset < announceOffset)
      .flatMap(({ offset, frame }) =>
        frame.transitions.map(({ run }, i) => [offset, run.runId, frame.clock + i]),
      );
    const found = tail.map(({ transition, clock, position }) => [
      position.offset,
      transition.run.runId,
      clock,
    ]);
    expect(found).toEqual(expected);
    seen.tails += found.length > 0 ? 1 : 0;
  }
}

/** L6: never different bytes under the same (epoch, number). */
function checkNames(requests: readonly Request[]): void {
  const byName = new Map<string, Uint8Array>();
  for (const { record } of requests) {
    const entry = decodeRecord(record);
    if (entry.kind !== 'frame') continue;
    const { epoch, nonce, number } = entry.frame;
    const name = `${epoch}/${nonce}/${number}`;
    expect(byName.get(name) ?? record, name).toBe(record);
    byName.set(name, record);
  }
}

function check(world: SharedWorld): void {
  expect(world.troubles).toEqual([]);
  const judged = judgedByModel(world.log.records);
  checkGroups(judged, world.lives);
  checkClocks(judged);
  checkWaiters(judged, world);
  checkTails(judged, world.lives);
  checkNames(world.log.requests);
}

function count({ lives, log }: SharedWorld): void {
  seen.trimmed += log.trimmedBelow > 0 ? 1 : 0;
  for (const { fenced, settled: outcomes } of lives) {
    seen.fenced += fenced.length;
    for (const outcome of outcomes) seen[outcome === 'landed' ? 'landed' : 'gone'] += 1;
    expect(fenced.length, 'fenced once').toBeLessThanOrEqual(1);
  }
}

describe('owners of one LogPartition', () => {
  it('L1-L7, W2-W4: what was told holds, whatever the network did', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.array(step, { minLength: 1, maxLength: 160, size: 'max' }),
      async (nodes, steps) => {
        const world = new SharedWorld(new ManualClock(), nodes);
        for (const one of steps) await take(world, one);
        expect(await world.heal(), 'nobody waits for ever').toBe(true);
        check(world);
        // Minutes later the rest arrives, and some of it again.
        for (const request of world.log.requests) world.log.land(request);
        check(world);
        count(world);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);

  afterAll(() => {
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
  });
});
