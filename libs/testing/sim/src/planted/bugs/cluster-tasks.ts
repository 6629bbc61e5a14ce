// Bugs on the way of a task through a cluster: offers, starts, lost receivers (D1-D3 of the protocols).

import type { ClusterBug } from '../plant.ts';

const askedMatching = 'services/matching/src/node/asked-matching.ts';
const attempt = 'libs/core/execution/src/activity/attempt.ts';
const book = 'services/history/src/node/offer-book.ts';
const handOut = 'services/history/src/tasks/task-owner.ts';
const history = 'services/history/src/history.ts';
const matching = 'libs/core/matching/src/transitions.ts';
const routedHistory = 'services/history/src/node/routed-history.ts';
const routedMatching = 'services/matching/src/node/routed-matching.ts';
const routedPoll = 'services/matching/src/node/routed-poll.ts';
const start = 'libs/core/execution/src/workflow-task/start.ts';

export const clusterTaskBugs: readonly ClusterBug[] = [
  {
    name: 'offer nothing anew when its node is lost',
    breaks: 'D1',
    file: book,
    find: 'lost: (node) => this.#lost(node),',
    replace: 'lost: (node) => void node,',
  },
  {
    name: 'offer nothing anew when its queue moves',
    breaks: 'D1',
    file: book,
    find: 'moved: () => this.#moved(),',
    replace: 'moved: () => undefined,',
  },
  {
    name: 'forget an offer whose answer is lost',
    breaks: 'D1',
    file: book,
    find: "if (answer === 'lost') {\n      entry.dueUs = this.#clock.nowUs() + lostUs;\n      return;\n    }",
    replace: "if (answer === 'lost') {\n      this.#remove(entry);\n      return;\n    }",
  },
  {
    name: 'let the offer of an older owner win',
    breaks: 'D1',
    file: matching,
    find: 'if (offer.epoch >= (task.again ?? task.offer).epoch) task.again = offer;',
    replace: 'if (offer.epoch <= (task.again ?? task.offer).epoch) task.again = offer;',
    also: [
      {
        file: matching,
        find: 'if (offer.epoch > task.offer.epoch) {',
        replace: 'if (offer.epoch < task.offer.epoch) {',
      },
    ],
  },
  {
    name: 'offer nothing of a run that comes into memory after a take-over',
    breaks: 'D1',
    file: history,
    find: 'onOpenRun: (handle) => dispatch.offerAll(handle),',
    replace: 'onOpenRun: () => undefined,',
  },
  {
    name: 'let the word of an older owner void a newer offer',
    breaks: 'D1',
    file: matching,
    find: '} else if (task.offer.epoch <= offer.epoch) {',
    replace: '} else if (offer.epoch >= 0) {',
  },
  {
    name: 'refuse a start that is asked again',
    breaks: 'D2',
    file: attempt,
    find: 'return repeated ? unchanged(activity) : refused(activityNotFound);',
    replace: 'return repeated ? refused(activityNotFound) : refused(activityNotFound);',
  },
  {
    name: 'refuse the start of a workflow task that is asked again',
    breaks: 'D2',
    file: start,
    find: 'return repeated ? unchanged(task) : refused(workflowTaskNotFound);',
    replace: 'return repeated ? refused(workflowTaskNotFound) : refused(workflowTaskNotFound);',
  },
  {
    name: 'start an activity for a second poll',
    breaks: 'D2',
    file: attempt,
    find: 'return repeated ? unchanged(activity) : refused(activityNotFound);',
    replace:
      'return repeated || activity.attempt > 0 ? unchanged(activity) : refused(activityNotFound);',
  },
  {
    name: 'give a workflow task to a second poll',
    breaks: 'D2',
    file: start,
    find: 'return repeated ? unchanged(task) : refused(workflowTaskNotFound);',
    replace:
      'return repeated || task.attempt > 0 ? unchanged(task) : refused(workflowTaskNotFound);',
  },
  {
    name: 'start an activity that was offered by an older attempt',
    breaks: 'D2',
    file: attempt,
    find: 'if (activity.attempt !== input.attempt || activity.stamp !== input.stamp) {',
    replace: 'if (activity.attempt < input.attempt) {',
  },
  {
    name: 'hand out an activity to another node before its start is durable',
    breaks: 'D2',
    file: handOut,
    find: 'const response = activityTaskResponse(this.#context, handle, decision.value);\n    await durable;',
    replace:
      'const response = activityTaskResponse(this.#context, handle, decision.value);\n    durable.catch(() => undefined);',
  },
  {
    name: 'offer no workflow task again whose receiver is lost',
    breaks: 'D3',
    file: handOut,
    find: 'if (receiverOf(handle) !== pollRequestId) return;\n      this.#context.dispatch.redeliver(handle, task.startedTimeUs);',
    replace: '',
  },
  {
    name: 'offer no workflow task again whose gateway is lost',
    breaks: 'D3',
    file: askedMatching,
    find: "if (offer.kind !== 'activity') owner().workflowTaskNotDelivered(offer, pollRequestId);",
    replace: '',
  },
  {
    name: 'undo the start of an activity whose gateway is lost',
    breaks: 'D3',
    file: askedMatching,
    find: "if (offer.kind !== 'activity') owner().workflowTaskNotDelivered(offer, pollRequestId);",
    replace:
      "if (offer.kind !== 'activity') owner().workflowTaskNotDelivered(offer, pollRequestId);\n      else owner().activityTaskNotDelivered(offer, pollRequestId);",
  },
  {
    name: 'undo the start of an activity for another poll than its own',
    breaks: 'D3',
    file: attempt,
    find: 'activity?.phase !== ActivityPhase.Started ||\n    activity.pollRequestId !== input.pollRequestId',
    replace: 'activity?.phase !== ActivityPhase.Started',
    also: [
      {
        file: askedMatching,
        find: "if (offer.kind !== 'activity') owner().workflowTaskNotDelivered(offer, pollRequestId);",
        replace:
          "if (offer.kind !== 'activity') owner().workflowTaskNotDelivered(offer, pollRequestId);\n      else owner().activityTaskNotDelivered(offer, 'nobody');",
      },
    ],
  },
  {
    name: 'give nothing back that comes for a cancelled poll',
    breaks: 'D3',
    file: routedPoll,
    find: "if (outcome.kind === 'task') this.#places.giveBack(outcome.offer, pollRequestId);",
    replace: '',
  },
  {
    name: 'park a poll at two places',
    breaks: 'D2',
    file: routedPoll,
    find: "this.#phase = 'moving';\n    this.#ticket?.expire();",
    replace: 'this.park();',
  },
  {
    name: 'give up a start whose owner has changed',
    breaks: 'D2',
    file: routedHistory,
    find: 'hintFollowed = true;\n          continue;',
    replace:
      'if (call === null) throw nobodyOwns();\n          hintFollowed = true;\n          continue;',
  },
  {
    name: 'hold no task again whose start failed',
    breaks: 'D1',
    file: routedMatching,
    find: 'clock.after(reofferUs, () => {',
    replace: 'if (reofferUs < 0) clock.after(reofferUs, () => {',
  },
];
