// Two owners of one log, each with the production writer, over a network that delays, loses answers and repeats records.
// What counts is judged by a model below that shares no code with the reader.

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { FramePosition } from './checkpoint.ts';
import { positionOf } from './checkpoint.ts';
import { claim } from './claim.ts';
import { frameBoundsFor, type TransitionGroup } from './frame-queue.ts';
import { emptyLog, LogReader, type ReaderState } from './log-reader.ts';
import { LogWriter } from './log-writer.ts';
import { decodeRecord, encodeAnnounce, encodeFrame } from './records.ts';

type Step =
  /** `advance` is what happens next without faults; the others reorder, lose and repeat. */
  | { readonly kind: 'advance' | 'claim' | 'giveUp' | 'answer'; readonly owner: 0 | 1 }
  | { readonly kind: 'land' | 'landAgain' | 'forge'; readonly pick: number };

const owner = fc.constantFrom<0 | 1>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('advance' as const), owner }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('claim', 'giveUp', 'answer'), owner }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('land', 'landAgain', 'forge'), pick: fc.nat(50) }),
  },
);
const steps = (minLength: number) => fc.array(step, { minLength, maxLength: 150, size: 'max' });

interface Flight {
  readonly bytes: Uint8Array;
  readonly announcedEpoch: number | null;
  offset: number | null;
}

class Owner {
  writer: LogWriter<TransitionGroup> | null = null;
  flight: Flight | null = null;
  lastTried = 0;
}

class World {
  readonly log: Uint8Array[] = [];
  readonly flights: Flight[] = [];
  readonly owners = [new Owner(), new Owner()] as const;
  readonly acknowledged: FramePosition[] = [];
  readonly met = { fenced: 0, unsettled: 0 };
  #nonces = 0;
  #nowUs = 1_000;

  stateAt(records: number): ReaderState {
    const reader = new LogReader(emptyLog);
    for (const record of this.log.slice(0, records)) {
      expect(reader.read(record).kind).not.toBe('broken');
    }
    return reader.state;
  }

  take(one: Step): void {
    this.#nowUs += 7;
    switch (one.kind) {
      case 'advance':
        return this.#advance(this.owners[one.owner], one.owner);
      case 'claim':
        return this.#claim(this.owners[one.owner]);
      case 'answer':
        return this.#answer(this.owners[one.owner]);
      case 'giveUp':
        this.owners[one.owner].writer = null;
        this.owners[one.owner].flight = null;
        return;
      case 'land': {
        const late = this.flights.filter((flight) => flight.offset === null);
        return this.#land(late[one.pick % Math.max(late.length, 1)]);
      }
      case 'landAgain': {
        const record = this.log[one.pick % Math.max(this.log.length, 1)];
        if (record !== undefined) this.log.push(record);
        return;
      }
      case 'forge': {
        const epoch = this.stateAt(this.log.length).epoch - 1 - (one.pick % 3);
        const forged = { epoch, nonce: 'forged', number: one.pick + 1, clock: this.#nowUs };
        if (epoch > 0) this.log.push(encodeFrame(forged, new Uint8Array(0)));
      }
    }
  }

  #advance(one: Owner, index: 0 | 1): void {
    if (one.flight !== null)
      return one.flight.offset === null ? this.#land(one.flight) : this.#answer(one);
    if (one.writer === null) return this.#claim(one);
    const run = { namespaceId: 'n', workflowId: 'w', runId: `${index}` };
    const versions = [1, 2, 3, 4].slice(this.#nowUs % 4);
    one.writer.append({
      transitions: versions.map((version) => ({ run, version, body: new Uint8Array(3) })),
    });
    if (one.writer.inFlight !== null) return;
    const sealed = one.writer.seal(this.#nowUs - index * 40);
    if (sealed !== null) one.flight = this.#fly(sealed.record, null);
  }

  #land(flight: Flight | undefined): void {
    if (flight !== undefined) flight.offset = this.log.push(flight.bytes) - 1;
  }

  #claim(claimant: Owner): void {
    const nonce = `n${++this.#nonces}`;
    const atEnd = this.stateAt(this.log.length);
    const announce = claim(atEnd, claimant.lastTried, { owner: 'o', nonce, generation: 0 });
    claimant.writer = null;
    claimant.lastTried = announce.epoch;
    claimant.flight = this.#fly(encodeAnnounce(announce), announce.epoch);
  }

  #fly(bytes: Uint8Array, announcedEpoch: number | null): Flight {
    const flight: Flight = { bytes, announcedEpoch, offset: null };
    this.flights.push(flight);
    return flight;
  }

  #answer(receiver: Owner): void {
    const { flight, writer } = receiver;
    if (flight === null || flight.offset === null) return;
    const { offset } = flight;
    receiver.flight = null;
    if (flight.announcedEpoch !== null) {
      const state = this.stateAt(offset + 1);
      const counts = new LogReader(this.stateAt(offset)).read(flight.bytes).kind === 'announced';
      if (counts) receiver.writer = new LogWriter(state, offset, frameBoundsFor(100_000));
      return;
    }
    if (writer === null) return;
    let landing = writer.acknowledged(offset);
    if (landing.kind === 'unsettled') {
      this.met.unsettled += 1;
      landing = writer.acknowledged(offset, this.log.slice(landing.fromOffset, landing.toOffset));
    }
    if (landing.kind === 'fenced') {
      this.met.fenced += 1;
      receiver.writer = null;
      return;
    }
    if (landing.kind !== 'durable') throw new Error(`landing: ${JSON.stringify(landing)}`);
    this.acknowledged.push(landing.position);
  }
}

/** The offsets of the frames that count, by definition and not by a running state. */
function countedByModel(log: readonly Uint8Array[]): number[] {
  const entries = log.map(decodeRecord);
  const counted: number[] = [];
  const sameEpoch = (a: number, epoch: number): boolean => {
    const entry = entries[a];
    return entry?.kind === 'frame' && entry.frame.epoch === epoch;
  };
  entries.forEach((entry, offset) => {
    if (entry.kind !== 'frame') return;
    const before = entries
      .slice(0, offset)
      .flatMap((one) => (one.kind === 'announce' ? [one.announce] : []));
    const highest = Math.max(0, ...before.map(({ epoch }) => epoch));
    const inForce = before.find(({ epoch }) => epoch === highest);
    const { epoch, nonce, number } = entry.frame;
    const ofEpoch = counted.filter((one) => sameEpoch(one, epoch)).length;
    if (epoch === highest && nonce === inForce?.nonce && number === ofEpoch + 1)
      counted.push(offset);
  });
  return counted;
}

const seen = { acknowledged: 0, void: 0, unacknowledged: 0, fenced: 0, unsettled: 0 };

function play(taken: readonly Step[]): World {
  const world = new World();
  for (const one of taken) world.take(one);
  return world;
}

describe('two owners of one log', () => {
  it('L1, L3-L6: what was acknowledged counts, what counts was sent and has its place', {
    timeout: 60_000,
  }, () => {
    const property = fc.property(steps(20), (taken) => {
      const world = play(taken);
      const reader = new LogReader(emptyLog);
      const valid: FramePosition[] = [];
      world.log.forEach((record, offset) => {
        const reading = reader.read(record);
        if (reading.kind === 'broken') throw reading.fault;
        if (reading.kind === 'frame') valid.push(positionOf(offset, reading.frame));
      });
      expect(valid.map(({ offset }) => offset)).toEqual(countedByModel(world.log));
      for (const position of world.acknowledged) expect(valid).toContainEqual(position);
      const names = valid.map(({ epoch, number }) => `${epoch}/${number}`);
      expect(new Set(names).size).toBe(names.length);
      const clocks = valid.map(({ clock }) => clock);
      expect(clocks).toEqual([...clocks].sort((a, b) => a - b));
      const sent = new Set(world.flights.map(({ bytes }) => bytes));
      for (const { offset } of valid) expect(sent.has(world.log[offset] as Uint8Array)).toBe(true);
      seen.acknowledged += world.acknowledged.length;
      seen.unacknowledged += valid.length - world.acknowledged.length;
      seen.void += reader.counts.void.stale + reader.counts.void.repeated;
      seen.fenced += world.met.fenced;
      seen.unsettled += world.met.unsettled;
      expect([reader.counts.void.gap, reader.counts.void.unannounced]).toEqual([0, 0]);
    });
    fc.assert(property, { numRuns: 150 });
  });

  it('C4: reading on from a stored state gives what reading from the beginning gives', {
    timeout: 60_000,
  }, () => {
    const property = fc.property(steps(60), fc.nat(), (taken, at) => {
      const world = play(taken);
      const split = at % (world.log.length + 1);
      const stored = JSON.parse(JSON.stringify(world.stateAt(split))) as ReaderState;
      const resumed = new LogReader(stored);
      for (const record of world.log.slice(split)) resumed.read(record);
      expect(resumed.state).toEqual(world.stateAt(world.log.length));
    });
    fc.assert(property, { numRuns: 100 });
  });

  afterAll(() => {
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(10);
  });
});
