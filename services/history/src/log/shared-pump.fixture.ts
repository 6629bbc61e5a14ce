// For tests: a pump on a log that others write too; it writes down what left the pump.

import {
  decodeRecord,
  encodeAnnounce,
  type FramePosition,
  frameBoundsFor,
  LogWriter,
  type PendingTransition,
} from '@perdure/core-log';
import { NotOwner } from '@perdure/ports';
import type { Group } from './group.ts';
import type { HeadWaiter } from './head-waiters.ts';
import { LogPump } from './log-pump.ts';
import { type Request, SharedLog, SharedLogPort } from './shared-log.fixture.ts';
import { SharedPartition } from './shared-partition.ts';
import type { TestClock } from './shared-world.fixture.ts';

const bounds = frameBoundsFor(1024 * 1024);
const run = { namespaceId: 'n', workflowId: 'w', runId: 'r' };

export function announceOf(epoch: number, nonce: string): Uint8Array {
  return encodeAnnounce({ epoch, nonce, owner: 'o', generation: 0 });
}

/** The Announce of another owner. */
export const other = (epoch: number): Uint8Array => announceOf(epoch, 'other');

/** An empty frame, the first of its epoch. */
export function barrierOf(epoch: number, nonce: string, clockUs: number): Uint8Array {
  const state = { epoch, nonce, nextNumber: 1, clock: 0 };
  return new LogWriter<Group>(state, 0, bounds).sealBarrier(clockUs).record;
}

export class PumpOnSharedLog {
  readonly log = new SharedLog();
  readonly port = new SharedLogPort(this.log);
  readonly clock: TestClock;
  /** What left the pump, in order. */
  seen: string[] = [];
  /** How often an append had no outcome, and what was announced. */
  unknowns = 0;
  readonly tried: number[] = [];
  pump: LogPump;

  /** The owner has announced epoch 5 at offset 0. */
  constructor(clock: TestClock) {
    this.clock = clock;
    this.log.land(announceOf(5, 'me 0'));
    this.pump = this.pumpAt({ lastTried: 5 });
  }

  pumpAt({ lastTried }: { readonly lastTried: number }): LogPump {
    const { clock, port: partition } = this;
    let nonces = 0;
    const shared = new SharedPartition(
      {
        partition,
        logPartition: 3,
        clock,
        owner: 'me',
        generation: 2,
        newNonce: () => `me ${++nonces}`,
        onFenced: (epoch) => this.seen.push(`fenced by ${epoch}`),
        onUnknown: () => {
          this.unknowns += 1;
        },
        onSettled: ({ kind }) => this.seen.push(kind),
      },
      { lastTried, onTried: (epoch) => this.tried.push(epoch) },
    );
    const state = { epoch: 5, nonce: 'me 0', nextNumber: 1, clock: 5 };
    return new LogPump({
      partition,
      clock,
      writer: new LogWriter<Group>(state, 0, bounds),
      shared,
      onHalt: (fault) => this.seen.push(`halt ${fault.message}`),
      onCallbackThrew: (error) => this.seen.push(`threw ${(error as Error).message}`),
    });
  }

  group(name: string, onDurable?: () => void): Group {
    const transitions: PendingTransition[] = [{ run, version: 1, body: new Uint8Array(9) }];
    return {
      transitions,
      durable: ({ offset, epoch, number }: FramePosition) => {
        this.seen.push(`${name} at ${offset}: ${epoch}/${number}`);
        onDurable?.();
      },
      failed: (fault) => this.seen.push(`${name} failed${told(fault)}`),
    };
  }

  waiter(name: string): HeadWaiter {
    return {
      durable: () => this.seen.push(`${name} said`),
      failed: (fault) => this.seen.push(`${name} failed${told(fault)}`),
    };
  }

  async send(...names: string[]): Promise<void> {
    for (const name of names) this.pump.append(this.group(name));
    await this.clock.turn();
  }

  request(index: number): Request {
    return this.log.requests[index] as Request;
  }

  /** Every request so far, `epoch/number: transitions` or `announce epoch`. */
  sent(): string[] {
    return this.log.requests.map(({ record }) => {
      const entry = decodeRecord(record);
      if (entry.kind === 'announce') return `announce ${entry.announce.epoch}`;
      const { epoch, number, transitions } = entry.frame;
      return `${epoch}/${number}: ${transitions.length}`;
    });
  }
}

function told(fault: Error): string {
  if (!(fault instanceof NotOwner)) return `: ${fault.message}`;
  return fault.outcomeUnknown ? ', outcome unknown' : ', not owner';
}
