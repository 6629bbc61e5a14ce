// For tests: a host whose openings the test ends.

import type { OpenedHistory } from '../history-options.ts';
import type { ClaimOptions } from '../log/open-tail.ts';
import type { TestClock } from '../log/shared-world.fixture.ts';
import { type HostEvents, PartitionHost } from './partition-host.ts';

export interface Opening {
  readonly claim: ClaimOptions;
  readonly halt: (fault: Error) => void;
  /** Lets it be open. */
  readonly done: () => Promise<void>;
  readonly fail: (fault: Error) => Promise<void>;
}

/** A history that writes down what is asked of it. */
export function scriptedHistory(name: string, asked: (what: string) => void): OpenedHistory {
  const history: Pick<OpenedHistory, 'stop' | 'prove'> & { readonly name: string } = {
    name,
    stop: () => asked(`stop ${name}`),
    prove: (ageUs) => asked(`prove ${name} ${ageUs / 1_000}`),
  };
  return history as unknown as OpenedHistory;
}

export class ScriptedHost {
  readonly clock: TestClock;
  readonly host: PartitionHost;
  readonly openings: Opening[] = [];
  /** What was heard, and what was asked of histories. */
  seen: string[] = [];
  drawn = 0;

  constructor(clock: TestClock) {
    this.clock = clock;
    const heard =
      (what: string) =>
      (_partition: number, ...rest: readonly unknown[]): void => {
        this.seen.push([what, ...rest.map(shown)].join(' '));
      };
    const events: HostEvents = {
      serving: heard('serving'),
      lost: heard('lost'),
      halted: heard('halted'),
      trouble: heard('trouble'),
    };
    this.host = new PartitionHost({
      logPartition: 3,
      clock,
      newId: () => 'id',
      draw: () => this.drawn,
      events,
      open: (claim, halt) => this.#open(claim, halt),
    });
  }

  #open(claim: ClaimOptions, halt: (fault: Error) => void): Promise<OpenedHistory> {
    const history = scriptedHistory(`h${this.openings.length + 1}`, (what) => this.seen.push(what));
    return new Promise((resolve, reject) => {
      this.openings.push({
        claim,
        halt,
        done: () => {
          resolve(history);
          return this.pass(0);
        },
        fail: (fault) => {
          reject(fault);
          return this.pass(0);
        },
      });
    });
  }

  opening(number: number): Opening {
    return this.openings[number - 1] as Opening;
  }

  /** Ends the newest opening. */
  async serve(): Promise<Opening> {
    const newest = this.openings.at(-1) as Opening;
    await newest.done();
    this.seen = [];
    return newest;
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms * 1_000);
    await this.clock.turn();
  }

  /** What was heard since the last time. */
  hear(): string[] {
    const heard = this.seen;
    this.seen = [];
    return heard;
  }
}

function shown(what: unknown): string {
  if (what instanceof Error) return what.message;
  if (typeof what === 'object' && what !== null && 'name' in what) return String(what.name);
  return String(what);
}
