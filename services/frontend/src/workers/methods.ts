// The methods about workers themselves: their heartbeats, lists of them, their goodbye, and the polls for Nexus tasks, of
// which there are none yet (wire-contract 1.3, 1.5, 1.7).

import { hostname } from 'node:os';
import { notFound, RejectionError } from '@perdure/kernel';
import type { MethodTable } from '../methods.ts';
import { namespaceRead, namespaceWrite, taskWrite } from '../scope.ts';
import type { Services } from '../services.ts';
import { checkTaskQueue } from '../validate/task-queue.ts';
import { checkRequiredText } from '../validate/text.ts';
import * as check from '../validate/worker-requests.ts';
import { describeWorker, listWorkers, matchingWorkers, recordHeartbeats } from './workers.ts';

type WorkerMethods = Pick<
  MethodTable,
  | 'ShutdownWorker'
  | 'RecordWorkerHeartbeat'
  | 'ListWorkers'
  | 'CountWorkers'
  | 'DescribeWorker'
  | 'ListTaskQueuePartitions'
  | 'PollNexusTaskQueue'
  | 'RespondNexusTaskCompleted'
  | 'RespondNexusTaskFailed'
>;

function noNexusTask(): never {
  throw new RejectionError(notFound('Nexus task not found or already expired'));
}

export function workerMethods({
  polls,
  workers,
}: Pick<Services, 'polls' | 'workers'>): WorkerMethods {
  return {
    ShutdownWorker: {
      scope: namespaceWrite,
      validate: check.checkShutdownWorker,
      route: (routed, call) => {
        const { workerHeartbeat: last } = routed.request;
        if (last !== null) recordHeartbeats(workers, routed.namespaceId, [last]);
        return polls.shutdownWorker(routed, call);
      },
    },
    RecordWorkerHeartbeat: {
      scope: namespaceWrite,
      validate: check.checkReport,
      route: ({ namespaceId, request }) => {
        recordHeartbeats(workers, namespaceId, request.workerHeartbeat);
        return {};
      },
    },
    ListWorkers: {
      scope: namespaceRead,
      route: ({ namespaceId, request }) => listWorkers(workers, namespaceId, request),
    },
    CountWorkers: {
      scope: namespaceRead,
      route: ({ namespaceId, request }) => ({
        count: matchingWorkers(workers, namespaceId, request.query).length,
      }),
    },
    DescribeWorker: {
      scope: namespaceRead,
      validate: ({ workerInstanceKey: key }) => checkRequiredText(key, 'WorkerInstanceKey'),
      route: ({ namespaceId, request }) =>
        describeWorker(workers, namespaceId, request.workerInstanceKey),
    },
    // A queue has one partition here.
    ListTaskQueuePartitions: {
      scope: namespaceRead,
      validate: ({ taskQueue }) => checkTaskQueue(taskQueue),
      route: ({ request }) => {
        const partition = { key: request.taskQueue?.name ?? '', ownerHostName: hostname() };
        return {
          activityTaskQueuePartitions: [partition],
          workflowTaskQueuePartitions: [partition],
        };
      },
    },
    PollNexusTaskQueue: {
      scope: namespaceWrite,
      validate: check.checkPoll,
      route: (routed, call) => {
        recordHeartbeats(workers, routed.namespaceId, routed.request.workerHeartbeat);
        return polls.pollNexusTaskQueue(routed, call);
      },
    },
    RespondNexusTaskCompleted: { scope: taskWrite, route: noNexusTask },
    RespondNexusTaskFailed: { scope: taskWrite, route: noNexusTask },
  };
}
