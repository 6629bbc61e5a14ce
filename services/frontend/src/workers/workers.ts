// Workers by their heartbeats: recorded, listed, described (wire-contract 1.5).

import { type AttributeValue, holds, parseListQuery } from '@perdure/core-list-filter';
import { notFound, RejectionError, toUs } from '@perdure/kernel';
import type { WorkerDirectory } from '@perdure/ports';
import {
  type RpcRequest,
  type RpcResponseInit,
  IndexedValueType as Type,
  type WorkerHeartbeat,
  workerHeartbeatCodec,
} from '@perdure/wire';
import { checkText, refuse } from '../validate/text.ts';

const statusNames = ['Unspecified', 'Running', 'ShuttingDown', 'Shutdown'];
const pageDefault = 100;
const pageMax = 1_000;

interface FilterField {
  readonly type: number;
  readonly of: (worker: WorkerHeartbeat) => AttributeValue;
}

const keyword = (of: (worker: WorkerHeartbeat) => string | undefined): FilterField => ({
  type: Type.Keyword,
  of: (worker) => of(worker) ?? '',
});
const time = (of: (worker: WorkerHeartbeat) => Parameters<typeof toUs>[0]): FilterField => ({
  type: Type.Datetime,
  of: (worker) => toUs(of(worker)),
});
const status = keyword((worker) => statusNames[worker.status]);

/** What workers can be filtered by. */
const fields: ReadonlyMap<string, FilterField> = new Map([
  ['WorkerInstanceKey', keyword((worker) => worker.workerInstanceKey)],
  ['WorkerIdentity', keyword((worker) => worker.workerIdentity)],
  ['HostName', keyword((worker) => worker.hostInfo?.hostName)],
  ['TaskQueue', keyword((worker) => worker.taskQueue)],
  ['DeploymentName', keyword((worker) => worker.deploymentVersion?.deploymentName)],
  ['BuildId', keyword((worker) => worker.deploymentVersion?.buildId)],
  ['SdkName', keyword((worker) => worker.sdkName)],
  ['SdkVersion', keyword((worker) => worker.sdkVersion)],
  ['StartTime', time((worker) => worker.startTime)],
  ['HeartbeatTime', time((worker) => worker.heartbeatTime)],
  ['WorkerStatus', status],
  ['Status', status],
]);

/** A heartbeat without the key of its worker is nobody's. */
export function recordHeartbeats(
  workers: WorkerDirectory,
  namespaceId: string,
  heartbeats: readonly WorkerHeartbeat[],
): void {
  for (const heartbeat of heartbeats) {
    const { workerInstanceKey: instanceKey } = heartbeat;
    checkText(instanceKey, 'WorkerInstanceKey');
    if (instanceKey === '') continue;
    workers.record(namespaceId, { instanceKey, heartbeat: workerHeartbeatCodec.encode(heartbeat) });
  }
}

/** Ascending by their keys. */
export function matchingWorkers(
  workers: WorkerDirectory,
  namespaceId: string,
  query: string,
): WorkerHeartbeat[] {
  const parsed = parseListQuery(query, 'list', (name) => fields.get(name)?.type, new Set());
  if (!parsed.ok) throw new RejectionError(parsed.rejection);
  const { filter } = parsed.value;
  return workers
    .list(namespaceId)
    .map(({ heartbeat }) => workerHeartbeatCodec.decode(heartbeat))
    .filter((worker) =>
      filter.every((condition) => {
        const name = condition.kind === 'system' ? condition.field : condition.name;
        const held = fields.get(name)?.of(worker);
        return held !== undefined && holds(held, condition.sign, condition.values);
      }),
    );
}

/** The token is the last key given out. */
export function listWorkers(
  workers: WorkerDirectory,
  namespaceId: string,
  { query, pageSize, nextPageToken }: RpcRequest<'ListWorkers'>,
): RpcResponseInit<'ListWorkers'> {
  if (pageSize < 0) refuse('Invalid PageSize.');
  const limit = Math.min(pageSize === 0 ? pageDefault : pageSize, pageMax);
  const after = new TextDecoder().decode(nextPageToken);
  const left = matchingWorkers(workers, namespaceId, query).filter(
    (worker) => worker.workerInstanceKey > after,
  );
  const page = left.slice(0, limit);
  const more = left.length > page.length;
  return {
    workersInfo: page.map((workerHeartbeat) => ({ workerHeartbeat })),
    workers: page.map(listed),
    nextPageToken: more ? Buffer.from(page.at(-1)?.workerInstanceKey ?? '') : null,
  };
}

type Listed = NonNullable<NonNullable<RpcResponseInit<'ListWorkers'>['workers']>[number]>;

function listed(worker: WorkerHeartbeat): Listed {
  const { workerInstanceKey, workerIdentity, taskQueue, deploymentVersion, sdkName } = worker;
  return {
    workerInstanceKey,
    workerIdentity,
    taskQueue,
    deploymentVersion,
    sdkName,
    sdkVersion: worker.sdkVersion,
    status: worker.status,
    startTime: worker.startTime,
    hostName: worker.hostInfo?.hostName ?? '',
    workerGroupingKey: worker.hostInfo?.workerGroupingKey ?? '',
    processId: worker.hostInfo?.processId ?? '',
    plugins: worker.plugins,
    drivers: worker.drivers,
  };
}

export function describeWorker(
  workers: WorkerDirectory,
  namespaceId: string,
  instanceKey: string,
): RpcResponseInit<'DescribeWorker'> {
  const found = workers.find(namespaceId, instanceKey);
  if (found === undefined) {
    throw new RejectionError(notFound(`worker ${instanceKey} is not found`));
  }
  return { workerInfo: { workerHeartbeat: workerHeartbeatCodec.decode(found.heartbeat) } };
}
