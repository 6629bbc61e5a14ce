// Bugs as somebody might make them, each in the place where the engine would have it.

import type { PlantedBug } from './plant.ts';

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledge on append',
    file: 'services/history/src/owner/owner.ts',
    find: 'this.#append(this.#group(records, waiter));',
    replace: 'waiter.durable(); this.#append(this.#group(records, silent));',
  },
  {
    name: 'answer from head',
    file: 'services/history/src/log/log-pump.ts',
    find: 'else if (frameNumber > this.#writer.durableNumber) this.#waiters.push({ waiter, frameNumber });',
    replace: '',
  },
  {
    name: 'forget dedup keys after a restart',
    file: 'services/history/src/owner/workflow-entry.ts',
    find: 'return new WorkflowEntry(namespaceId, workflowId, state.currentRunId, state.keys, row.clock);',
    replace:
      'return new WorkflowEntry(namespaceId, workflowId, state.currentRunId, [], row.clock);',
  },
];
