// Somebody who looks at histories now and then, and at all of them in the end.

import type { Ledger } from '@perdure/model';
import { decodeEvents, type HistoryEvent, historyEventCodec } from '@perdure/wire';
import type { Chance } from '../chance.ts';
import { CallFailed } from '../network.ts';
import type { Caller } from './caller.ts';

export class Auditor {
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

  /** Reads the history of some run every few seconds. */
  async live(endUs: number): Promise<void> {
    while (this.#caller.nowUs < endUs) {
      await this.#caller.sleep(this.#chance.between(0, 4e6));
      const { starts } = this.#ledger;
      if (starts.length === 0) continue;
      const { workflowId, runId } = this.#chance.pick(starts.slice(-60));
      const events = await this.read(workflowId, runId);
      const timeUs = this.#caller.nowUs;
      const encoded = (events ?? []).map((event) => historyEventCodec.encode(event));
      this.#ledger.histories.push({ runId, timeUs, events: encoded });
    }
  }

  /** All histories, by run id; a run that is not there has none. */
  async readAll(): Promise<Map<string, HistoryEvent[]>> {
    const shown = new Map<string, HistoryEvent[]>();
    for (const { workflowId, runId } of this.#ledger.starts) {
      const events = await this.read(workflowId, runId);
      if (events !== null) shown.set(runId, events);
    }
    return shown;
  }

  /** The history as it stands; null when there is no such run. */
  async read(workflowId: string, runId: string): Promise<HistoryEvent[] | null> {
    const events: HistoryEvent[] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    try {
      do {
        const execution = { workflowId, runId };
        const request = { namespace: this.#namespace, execution, nextPageToken };
        const page = await this.#caller.insist('GetWorkflowExecutionHistory', request);
        events.push(...decodeEvents(page.history));
        nextPageToken = page.nextPageToken;
      } while (nextPageToken.length > 0);
    } catch (fault) {
      if (fault instanceof CallFailed && fault.code === 'NOT_FOUND') return null;
      throw fault;
    }
    return events;
  }
}
