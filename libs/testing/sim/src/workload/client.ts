// The simulated clients: they go on one journey after the other, many at a time.

import { Chance } from '../chance.ts';
import { start } from './acts.ts';
import type { Caller } from './caller.ts';
import type { Stage } from './journey.ts';
import { journeys } from './journeys/index.ts';

const drawn = journeys.flatMap((journey) => Array.from({ length: journey.weight }, () => journey));

type Place = Omit<Stage, 'workflowId' | 'caller' | 'chance' | 'reached'>;

export class SimulatedClient {
  /** Journeys that are not over: they have calls to make. */
  underWay = 0;
  /** How often each kind was begun, and came to what. */
  readonly begun = new Map<string, number>();
  readonly #place: Place;
  readonly #seed: number;
  #count = 0;

  /** Each journey has its own stream of draws under `seed`. */
  constructor(seed: number, place: Place) {
    this.#seed = seed;
    this.#place = place;
  }

  /** Begins so many journeys a second until `endUs`, all clients together. */
  begin(journeysPerSecond: number, endUs: number): void {
    const { callers } = this.#place;
    for (const caller of callers) {
      const chance = Chance.of(this.#seed, caller.host.name);
      caller.goOn(this.#live(caller, chance, journeysPerSecond / callers.length, endUs));
    }
  }

  /** Begins a run that waits for nothing; its id. */
  beginLast(): Promise<string> {
    const [caller] = this.#place.callers as [Caller];
    const chance = Chance.of(this.#seed, 'last');
    const stage = { ...this.#place, caller, chance, workflowId: 'last', reached: () => undefined };
    return start(stage, { steps: [{ kind: 'forever' }] });
  }

  async #live(caller: Caller, chance: Chance, perSecond: number, endUs: number): Promise<void> {
    while (caller.nowUs < endUs) {
      caller.goOn(this.#travel(caller));
      await caller.sleep(chance.between(0, 2e6 / perSecond));
    }
  }

  async #travel(caller: Caller): Promise<void> {
    const workflowId = `run-${this.#count++}`;
    const chance = Chance.of(this.#seed, workflowId);
    const journey = chance.pick(drawn);
    this.#reached(journey.name);
    this.underWay += 1;
    const reached = (state: string): void => this.#reached(`${journey.name}: ${state}`);
    await journey.travel({ ...this.#place, caller, chance, workflowId, reached });
    this.underWay -= 1;
  }

  #reached(name: string): void {
    this.begun.set(name, (this.begun.get(name) ?? 0) + 1);
  }
}
