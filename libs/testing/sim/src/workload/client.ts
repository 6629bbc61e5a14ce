// A simulated client: goes on one journey after the other, many at a time.

import { Chance } from '../chance.ts';
import type { Stage } from './journey.ts';
import { journeys } from './journeys/index.ts';

const drawn = journeys.flatMap((journey) => Array.from({ length: journey.weight }, () => journey));

export class SimulatedClient {
  /** Journeys that are not over: they have calls to make. */
  underWay = 0;
  /** How often each kind was begun. */
  readonly begun = new Map<string, number>();
  readonly #stage: Omit<Stage, 'workflowId'>;
  readonly #seed: number;
  #count = 0;

  /** Each journey has its own stream of draws under `seed`. */
  constructor(seed: number, stage: Omit<Stage, 'workflowId'>) {
    this.#seed = seed;
    this.#stage = stage;
  }

  /** Begins so many journeys a second until `endUs`. */
  async live(startsPerSecond: number, endUs: number): Promise<void> {
    const { caller, chance } = this.#stage;
    while (caller.nowUs < endUs) {
      caller.goOn(this.#travel());
      await caller.sleep(chance.between(0, 2e6 / startsPerSecond));
    }
  }

  async #travel(): Promise<void> {
    const workflowId = `run-${this.#count++}`;
    const chance = Chance.of(this.#seed, workflowId);
    const journey = chance.pick(drawn);
    this.begun.set(journey.name, (this.begun.get(journey.name) ?? 0) + 1);
    this.underWay += 1;
    await journey.travel({ ...this.#stage, chance, workflowId });
    this.underWay -= 1;
  }
}
