// One planted bug in a process of its own, seed after seed until a world breaks a rule.

import { SeedPool, WorldBroke } from '../seed-pool.ts';
import { type PlantedBug, type WorldKind, worldOf } from './plant.ts';

/** How a planted bug was caught. */
export interface Catch {
  readonly seed: number;
  /** Length of the world, as for `simulate`. */
  readonly seconds: number;
  /** The rule that was broken first. */
  readonly rule: string;
  /** What was said of it. */
  readonly fault: string;
}

export interface Search {
  readonly from: number;
  readonly seeds: number;
  readonly seconds: number;
}

/** What is tried for a short world that breaks the same rule. */
const shorterSeconds = [10, 20, 30, 40];
/** A bug may make the engine go round in circles. */
const worldMs = 60_000;

/** The process did not come as far as a world: that catches nothing. */
const neverLived = /CannotPlant|SyntaxError|ERR_|ENOENT/;

/** Worlds with one planted bug. */
export class BuggyWorlds {
  readonly #pool: SeedPool;
  readonly #world: WorldKind;

  constructor(bug: PlantedBug) {
    this.#pool = new SeedPool(bug.name, 1, worldMs);
    this.#world = worldOf(bug);
  }

  /** What catches the bug first; null: nothing does. */
  async seek({ from, seconds, seeds }: Search): Promise<Catch | null> {
    for (let seed = from; seed < from + seeds; seed++) {
      const caught = await this.#live(seed, seconds);
      if (caught !== null) return caught;
    }
    return null;
  }

  /** The shortest world of that seed that breaks the same rule. */
  async shortened(caught: Catch): Promise<Catch> {
    for (const seconds of shorterSeconds) {
      if (seconds >= caught.seconds) break;
      const again = await this.#live(caught.seed, seconds);
      if (again?.rule === caught.rule) return again;
    }
    return caught;
  }

  close(): void {
    this.#pool.close();
  }

  async #live(seed: number, seconds: number): Promise<Catch | null> {
    try {
      const cluster = this.#world === 'cluster';
      const [fault] = (await this.#pool.live({ seed, seconds, cluster })).faults;
      return fault === undefined ? null : { seed, seconds, rule: ruleOf(fault), fault };
    } catch (broke) {
      if (!(broke instanceof WorldBroke) || neverLived.test(broke.message)) throw broke;
      const fault = broke.message.split('\n').find((line) => /Error|Failed|Reached/.test(line));
      return { seed, seconds, rule: 'broken world', fault: fault ?? 'it takes no end' };
    }
  }
}

/** The number of the broken rule; of what breaks none, the words before its reason. */
function ruleOf(fault: string): string {
  return /\b([AJMS]\d+):/.exec(fault)?.[1] ?? fault.split(':')[0] ?? '';
}
