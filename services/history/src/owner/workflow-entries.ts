// The workflow ids in memory: one entry for each, for as long as somebody asks for it or the store lacks a part of it.

import type { RunKey } from '@perdure/kernel';
import type { WorkflowEntry } from './workflow-entry.ts';

type WorkflowKey = Pick<RunKey, 'namespaceId' | 'workflowId'>;

export class WorkflowEntries {
  readonly #entries = new Map<string, WorkflowEntry>();

  get(key: string): WorkflowEntry | undefined {
    return this.#entries.get(key);
  }

  set(key: string, entry: WorkflowEntry): void {
    this.#entries.set(key, entry);
  }

  /** The id leaves memory, unless the store lacks something of it. */
  forget(workflow: WorkflowKey): void {
    const key = workflowKeyText(workflow);
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.lastChange === null) this.#drop(key, entry);
  }

  /** The same for all that nobody asked for since the last call. */
  forgetIdle(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.lastChange !== null) continue;
      if (entry.used) entry.used = false;
      else this.#drop(key, entry);
    }
  }

  #drop(key: string, entry: WorkflowEntry): void {
    entry.evicted = true;
    this.#entries.delete(key);
  }
}

/** Equal for equal ids only: NUL is refused at the edge. */
export function workflowKeyText({ namespaceId, workflowId }: WorkflowKey): string {
  return `${namespaceId}\0${workflowId}`;
}
