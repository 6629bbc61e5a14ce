// DescribeTaskQueue: pollers and backlog, as matching sees them.

import { fromUs } from '@perdure/kernel';
import type { MatchingService, QueueName, QueueStats, Routed } from '@perdure/ports';
import { type RpcRequest, type RpcResponseInit, TaskQueueKind, TaskQueueType } from '@perdure/wire';
import { checkTaskQueue } from '../validate/task-queue.ts';
import { notSupported, refuse } from '../validate/text.ts';

type Request = RpcRequest<'DescribeTaskQueue'>;
type Response = RpcResponseInit<'DescribeTaskQueue'>;

const modeEnhanced = 1;
const reachable = 1;
/** How clients know a queue whose workers have no version. */
const unversioned = '__unversioned__';

export function checkDescribeTaskQueue(request: Request): void {
  checkTaskQueue(request.taskQueue);
  if (request.apiMode === modeEnhanced && request.taskQueue.kind === TaskQueueKind.Sticky) {
    refuse(
      'Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.',
    );
  }
  for (const type of [request.taskQueueType, ...request.taskQueueTypes])
    if (type > TaskQueueType.Activity) notSupported(`task queue type ${type}`);
}

export async function describeTaskQueue(
  { namespaceId, request }: Routed<'DescribeTaskQueue'>,
  matching: Pick<MatchingService, 'describe'>,
): Promise<Response> {
  const name = request.taskQueue?.name ?? '';
  const statsOf = (type: number): Promise<QueueStats> => {
    const kind: QueueName['kind'] = type === TaskQueueType.Activity ? 'activity' : 'workflow';
    return matching.describe({ namespaceId, kind, name });
  };
  if (request.apiMode === modeEnhanced) return enhanced(request, statsOf);
  const stats = await statsOf(request.taskQueueType);
  return {
    pollers: pollers(stats),
    stats: request.reportStats ? counts(stats) : null,
    taskQueueStatus: request.includeTaskQueueStatus
      ? { backlogCountHint: stats.backlogCount }
      : null,
    versioningInfo: { currentVersion: unversioned },
  };
}

/** By build id and type of task; every worker here is unversioned, which is the build id "". */
async function enhanced(
  request: Request,
  statsOf: (type: number) => Promise<QueueStats>,
): Promise<Response> {
  const asked = request.taskQueueTypes;
  const types = asked.length > 0 ? asked : Object.values(TaskQueueType);
  const each = types.map(async (type) => {
    const stats = await statsOf(type);
    const shown = {
      ...(request.reportPollers ? { pollers: pollers(stats) } : {}),
      ...(request.reportStats ? { stats: counts(stats) } : {}),
    };
    return [type, shown] as const;
  });
  const typesInfo = Object.fromEntries(await Promise.all(each));
  const taskReachability = request.reportTaskReachability ? reachable : 0;
  return {
    versionsInfo: { '': { typesInfo, ...(taskReachability > 0 ? { taskReachability } : {}) } },
  };
}

function pollers(stats: QueueStats): NonNullable<Response['pollers']> {
  return stats.pollers.map(({ identity, lastAccessTimeUs, ratePerSecond }) => ({
    identity,
    ratePerSecond,
    lastAccessTime: fromUs(lastAccessTimeUs),
  }));
}

function counts(stats: QueueStats): NonNullable<Response['stats']> {
  return {
    approximateBacklogCount: stats.backlogCount,
    approximateBacklogAge: fromUs(stats.backlogAgeUs),
    tasksAddRate: stats.tasksAddRate,
    tasksDispatchRate: stats.tasksDispatchRate,
  };
}
