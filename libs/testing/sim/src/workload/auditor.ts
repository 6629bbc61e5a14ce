// Somebody who looks at runs now and then, and at all of them in the end: histories, descriptions, lists.

import type { DescriptionSeen, Ledger, RunListed, RunShown, Shown } from '@perdure/model';
import type { Chance } from '../chance.ts';
import type { Caller } from './caller.ts';
import { type Looks, successorOf } from './looks.ts';

export class Auditor {
  readonly #caller: Caller;
  readonly #chance: Chance;
  readonly #namespace: string;
  readonly #ledger: Ledger;
  readonly #looks: Looks;

  constructor(options: {
    readonly caller: Caller;
    readonly chance: Chance;
    readonly namespace: string;
    readonly ledger: Ledger;
    readonly looks: Looks;
  }) {
    this.#caller = options.caller;
    this.#chance = options.chance;
    this.#namespace = options.namespace;
    this.#ledger = options.ledger;
    this.#looks = options.looks;
  }

  /** Looks at some run every few seconds. */
  async live(endUs: number): Promise<void> {
    while (this.#caller.nowUs < endUs) {
      await this.#caller.sleep(this.#chance.between(0, 4e6));
      const { starts } = this.#ledger;
      if (starts.length === 0) continue;
      const { workflowId, runId } = this.#chance.pick(starts.slice(-60));
      await this.#looks.look(workflowId, runId);
    }
  }

  /** Everything the server shows, now: runs that anybody was told of, those that follow from them, and those listed. */
  async readAll(): Promise<Shown> {
    const runs: RunShown[] = [];
    const descriptions: DescriptionSeen[] = [];
    const known = new Set<string>();
    const found = await this.list();
    for (const { workflowId, runId: first } of [...this.#ledger.starts, ...found.toReversed()]) {
      for (let runId: string | null = first; runId !== null && !known.has(runId); ) {
        known.add(runId);
        const events = await this.#looks.read(workflowId, runId);
        if (events === null) break;
        runs.push({ workflowId, runId, events });
        const described = await this.#looks.describe(workflowId, runId);
        if (described !== null) descriptions.push(described);
        runId = successorOf(events);
      }
    }
    // Once more: some of them may have ended meanwhile.
    return { runs, descriptions, listed: await this.list() };
  }

  /** All runs of the list. */
  async list(): Promise<RunListed[]> {
    const listed: RunListed[] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const request = { namespace: this.#namespace, nextPageToken };
      const page = await this.#caller.insist('ListWorkflowExecutions', request);
      for (const { execution, status } of page.executions) {
        const { workflowId = '', runId = '' } = execution ?? {};
        listed.push({ workflowId, runId, status });
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    return listed;
  }
}
