// Bugs on the way of a task to its worker: offers, matching, polls, hand-outs.

import type { PlantedBug } from '../plant.ts';

const gateway = 'services/worker-gateway/src/gateway.ts';
const handOut = 'services/history/src/tasks/task-owner.ts';
const transitions = 'libs/core/matching/src/transitions.ts';

export const matchingBugs: readonly PlantedBug[] = [
  {
    name: 'hand out an activity before its start is durable',
    file: handOut,
    find: 'const response = activityTaskResponse(this.#context, handle, decision.value);\n    await durable;',
    replace:
      'const response = activityTaskResponse(this.#context, handle, decision.value);\n    durable.catch(() => undefined);',
  },
  {
    name: 'hand out a workflow task before its start is durable',
    file: handOut,
    find: 'await durable;\n    return this.#handOut(',
    replace: 'durable.catch(() => undefined);\n    return this.#handOut(',
  },
  {
    name: 'drop the offers of a take-over',
    file: 'services/history/src/history.ts',
    find: 'dispatch.offerAll(handle);',
    replace: '',
  },
  {
    name: 'drop a re-offer',
    file: 'libs/server/src/services.ts',
    find: 'clock.after(reofferUs, () => history.offerAgain(offer));',
    replace: '',
  },
  {
    name: 'lose a task that is offered while nobody polls',
    file: transitions,
    find: 'hold(queue, key, offer);',
    replace: 'if (queue.pollCount > 0) hold(queue, key, offer);',
  },
  {
    name: 'give back an activity that was delivered',
    file: gateway,
    find: 'if (gone) task.notDelivered();',
    replace:
      "if (gone || (outcome.offer.kind === 'activity' && outcome.offer.stamp === 0)) task.notDelivered();",
  },
];
