// An operator who looks at the states of runs: the same ones again and again, so that a state is seen in memory, from the
// store, and after a restart.

import type { Ledger, StateSeen } from '@perdure/model';
import type { Chance } from '../chance.ts';
import { orNotFound } from './acts.ts';
import type { Caller } from './caller.ts';

/** He looks at so many of the newest runs. */
const newestRuns = 30;
/** And again at so many of those that he looked at last. */
const lastLooks = 15;

type RunSeen = Pick<StateSeen, 'workflowId' | 'runId'>;

export class Inspector {
  readonly #caller: Caller;
  readonly #chance: Chance;
  readonly #namespace: string;
  readonly #ledger: Ledger;

  constructor(caller: Caller, chance: Chance, namespace: string, ledger: Ledger) {
    this.#caller = caller;
    this.#chance = chance;
    this.#namespace = namespace;
    this.#ledger = ledger;
  }

  /** Looks at a few runs every second. */
  async live(endUs: number): Promise<void> {
    while (this.#caller.nowUs < endUs) {
      await this.#caller.sleep(this.#chance.between(0, 2e6));
      const { starts, states } = this.#ledger;
      const newest: readonly RunSeen[] = starts.slice(-newestRuns);
      const last: readonly RunSeen[] = states.slice(-lastLooks);
      for (const some of [newest, last]) {
        if (some.length === 0) continue;
        const { workflowId, runId } = this.#chance.pick(some);
        await this.look(workflowId, runId);
      }
    }
  }

  /** Keeps the state of a run as it is now, unless there is none. */
  async look(workflowId: string, runId: string): Promise<void> {
    const seen = await this.#stateOf(workflowId, runId);
    if (seen !== null) this.#ledger.states.push(seen);
  }

  /** Runs that the server has set aside. */
  async quarantined(): Promise<readonly string[]> {
    const { runs } = await this.#caller.operate('ListQuarantine', {});
    return runs.map(({ workflowId, reason }) => `${workflowId}: ${reason}`);
  }

  async #stateOf(workflowId: string, runId: string): Promise<StateSeen | null> {
    const view = await orNotFound(
      this.#caller.operate('DescribeRun', { namespace: this.#namespace, workflowId, runId }),
    );
    if (view === null) return null;
    const { headVersion, nextEventId, status, historyBytes, workflowTask, stickyQueue } = view;
    const { activities, timers, bufferedEvents } = view;
    return {
      workflowId,
      runId,
      seenUs: this.#caller.nowUs,
      version: headVersion,
      historyLength: nextEventId - 1,
      activities: activities.map(({ activityId }) => activityId),
      timers: timers.map(({ timerId }) => timerId),
      buffered: bufferedEvents,
      state: JSON.stringify([
        status,
        nextEventId,
        historyBytes,
        workflowTask,
        stickyQueue,
        activities.toSorted((a, b) => a.scheduledEventId - b.scheduledEventId),
        timers.toSorted((a, b) => a.startedEventId - b.startedEventId),
        bufferedEvents,
      ]),
    };
  }
}
