// Reads the probes of all runs when a world has ended, and has them judged.

import type { Ledger, Shown } from '@perdure/model';
import type { EndChecker } from '../epilogue.ts';
import { namespace } from '../population.ts';
import type { Sightings } from '../sightings.ts';
import { orNotFound } from '../workload/acts.ts';
import type { Caller } from '../workload/caller.ts';
import type { NodeStateName } from './node-states.ts';
import { judgeProbes, type RunProbes } from './probe-audit.ts';
import type { ProbeOrdered } from './prober.ts';

/** Between two looks at what is still under way. */
const lookUs = 5e6;
/** What is under way after so many looks will not end. "Not found" takes more than 22 s (X2), and one waits for the other. */
const looksMax = 60;
/** So the operator is shown a key that waits for its release. */
const untilReleased = 0;

interface ProbeCheckerOptions {
  readonly caller: Caller;
  readonly ledger: Ledger;
  readonly orders: readonly ProbeOrdered[];
  readonly sightings: Sightings<NodeStateName>;
}

export class ProbeChecker implements EndChecker {
  readonly #options: ProbeCheckerOptions;
  #before: readonly RunProbes[] | null = null;

  constructor(options: ProbeCheckerOptions) {
    this.#options = options;
  }

  async settled(): Promise<void> {
    const { caller, orders } = this.#options;
    const senders = new Map(orders.map(({ sender }) => [sender.runId, sender]));
    for (let looks = 0; looks < looksMax; looks++) {
      for (const [runId, { workflowId }] of senders) {
        const run = await this.#read(workflowId, runId);
        if (run === null || run.outbox.length === 0) senders.delete(runId);
      }
      if (senders.size === 0) return;
      await caller.sleep(lookUs);
    }
  }

  async faults(shown: Shown): Promise<string[]> {
    const { ledger, orders, sightings } = this.#options;
    const known = [...ledger.starts, ...shown.runs, ...shown.listed];
    const workflowIds = new Map(known.map(({ runId, workflowId }) => [runId, workflowId]));
    const runs: RunProbes[] = [];
    for (const [runId, workflowId] of workflowIds) {
      const run = await this.#read(workflowId, runId);
      if (run !== null) runs.push(run);
    }
    const { fates, faults } = judgeProbes(orders, runs, { ledger, shown }, this.#before);
    if (this.#before === null) {
      sightings.seen('probe acknowledged', orders.filter((one) => one.messageId !== null).length);
      sightings.seen('probe refused', orders.filter(({ refused }) => refused).length);
      sightings.seen('probe answered', fates.done);
      sightings.seen('probe not found', fates['not found']);
      sightings.seen('probe to a closed run', fates.closed);
      sightings.seen('probe unseen', fates.unseen);
    }
    this.#before = runs;
    return [...faults];
  }

  async #read(workflowId: string, runId: string): Promise<RunProbes | null> {
    const { caller } = this.#options;
    const view = await orNotFound(caller.operate('DescribeRun', { namespace, workflowId, runId }));
    if (view === null) return null;
    const unreleased = view.dedupKeys.filter(
      ({ expiresAtUs, key }) => key.startsWith('message:') && expiresAtUs === untilReleased,
    );
    return {
      workflowId,
      runId,
      probes: view.probes,
      outbox: view.outbox.map(({ messageId }) => messageId),
      unreleased: unreleased.map(({ key }) => key),
    };
  }
}
