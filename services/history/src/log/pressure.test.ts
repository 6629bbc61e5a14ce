import { frameBoundsFor, LogWriter } from '@perdure/core-log';
import { beforeEach, describe, expect, it } from 'vitest';
import { ControlledLog, TurnClock } from './controlled-log.fixture.ts';
import type { Group } from './group.ts';
import { LogPump } from './log-pump.ts';
import { pressureAt, type TailBounds } from './pressure.ts';

let log: ControlledLog;
let clock: TurnClock;
let pump: LogPump;

function pumpWith(bounds: { readonly tailBounds?: TailBounds }): LogPump {
  const state = { epoch: 4, nonce: 'n', nextNumber: 1, clock: 5 };
  const fail = (fault: unknown): void => {
    throw fault;
  };
  return new LogPump({
    partition: log,
    clock,
    writer: new LogWriter<Group>(state, 0, frameBoundsFor(1024 * 1024)),
    ...bounds,
    onHalt: fail,
    onCallbackThrew: fail,
  });
}

beforeEach(() => {
  log = new ControlledLog();
  clock = new TurnClock();
  log.records.push(new Uint8Array(1));
  pump = pumpWith({ tailBounds: { bytesMax: 10_000, transitionsMax: 100 } });
});

function group(transitions: number, bytes: number): Group {
  const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };
  return {
    transitions: Array.from({ length: transitions }, (_, i) => ({
      run,
      version: i + 1,
      body: new Uint8Array(bytes),
    })),
    durable: () => undefined,
    failed: (fault) => {
      throw fault;
    },
  };
}

describe('pressure (W9)', () => {
  it('is full at 32 MiB or 20,000 transitions, whichever comes first', () => {
    const usual = pumpWith({});
    const full = (bytes: number, transitions: number): boolean =>
      pressureAt(usual.tailShare(bytes, transitions)) === 'all';
    const mib = 1024 * 1024;
    expect([full(32 * mib, 0), full(0, 20_000)]).toEqual([true, true]);
    expect(full(32 * mib - 1, 19_999)).toBe(false);
  });

  it('refuses starts in the last quarter of the tail, everything at its end', () => {
    expect(pressureAt(pump.tailShare(0, 0))).toBe('none');
    expect(pressureAt(pump.tailShare(7_500, 0))).toBe('starts');
    expect(pressureAt(pump.tailShare(0, 75))).toBe('starts');
    expect(pressureAt(pump.tailShare(0, 100))).toBe('all');
  });

  it('counts what is not acknowledged', async () => {
    pump.append(group(2, 4_000));
    expect(pressureAt(pump.tailShare(0, 0))).toBe('starts');
    expect(pressureAt(pump.tailShare(2_000, 0))).toBe('all');
    clock.endTurn();
    expect(pressureAt(pump.tailShare(0, 73))).toBe('starts');
    await log.land();
    expect(pressureAt(pump.tailShare(0, 74))).toBe('none');
  });

  it('counts many small transitions that are not acknowledged', () => {
    pump.append(group(10, 1));
    expect(pump.tailShare(0, 65)).toBe(0.75);
  });
});
