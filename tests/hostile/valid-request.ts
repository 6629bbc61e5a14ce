// For each RPC a request that is valid in the world as it is. An RPC without a line here gets its namespace and nothing else:
// what is added to the API is attacked from its first day.

import { randomUUID } from 'node:crypto';
import { jsonPayloads } from '@perdure/testing/golden';
import { publicCodec, publicMethods } from '@perdure/wire';
import { someCommands } from './some-commands.ts';
import type { World } from './world.ts';

export interface HostileMethod {
  readonly name: string;
  readonly path: string;
  readonly requestType: string;
  /** How often it is called, relative to others. */
  readonly weight: number;
  /** It may wait for something until its deadline. */
  readonly waits: boolean;
}

const execution = (world: World): { workflowId: string; runId?: string } => {
  const { workflowId, runId } = world.run();
  return world.random() < 0.5 ? { workflowId } : { workflowId, runId };
};
const of = ({ namespace }: World, fields: object): object => ({ namespace, ...fields });
const readOf = (world: World): object => of(world, { execution: execution(world) });
const writeOf = (world: World, fields: object): object =>
  of(world, { workflowExecution: execution(world), requestId: randomUUID(), ...fields });
const workflowTask = (world: World, fields: object): object =>
  of(world, { taskToken: world.workflowTokens.pop() ?? Uint8Array.of(1, 2, 3), ...fields });
const activityTask = (world: World, fields: object): object =>
  of(world, { taskToken: world.activityTokens.pop() ?? Uint8Array.of(1, 2, 3), ...fields });
const start = (world: World): object =>
  of(world, {
    workflowId: world.random() < 0.3 ? world.run().workflowId : `hostile-${randomUUID()}`,
    workflowType: { name: 'hostile' },
    taskQueue: { name: world.taskQueue },
    requestId: randomUUID(),
    input: jsonPayloads('some input'),
    workflowTaskTimeout: { seconds: 3 },
  });
const listing = (world: World): object =>
  of(world, {
    query: world.pick([
      '',
      `WorkflowId = '${world.run().workflowId}'`,
      `ExecutionStatus = 'Running' AND WorkflowType = 'hostile'`,
    ]),
  });
const victim = (world: World): object => ({
  namespace: `hostile-${1 + Math.floor(world.random() * 5)}`,
});
const queue = (world: World): object => of(world, { taskQueue: { name: world.taskQueue } });

const byId = (world: World): object =>
  of(world, { ...world.run(), activityId: 'activity-1', identity: 'hostile' });

const valid: Readonly<Record<string, (world: World) => object>> = {
  GetSystemInfo: () => ({}),
  GetClusterInfo: () => ({}),
  ListNamespaces: () => ({}),
  DescribeNamespace: (world) => of(world, {}),
  RegisterNamespace: (world) => ({
    ...victim(world),
    workflowExecutionRetentionPeriod: { seconds: 86_400 },
  }),
  UpdateNamespace: (world) => ({ ...victim(world), updateInfo: { description: 'changed' } }),
  DeprecateNamespace: victim,
  DeleteNamespace: victim,
  StartWorkflowExecution: start,
  SignalWithStartWorkflowExecution: (world) => ({ ...start(world), signalName: 'poke' }),
  SignalWorkflowExecution: (world) =>
    writeOf(world, { signalName: 'poke', input: jsonPayloads('some input') }),
  RequestCancelWorkflowExecution: (world) => writeOf(world, { reason: 'tired' }),
  TerminateWorkflowExecution: (world) => of(world, { workflowExecution: execution(world) }),
  DeleteWorkflowExecution: (world) => of(world, { workflowExecution: execution(world) }),
  DescribeWorkflowExecution: readOf,
  GetWorkflowExecutionHistory: readOf,
  GetWorkflowExecutionHistoryReverse: readOf,
  QueryWorkflow: (world) => ({ ...readOf(world), query: { queryType: 'state' } }),
  ResetStickyTaskQueue: readOf,
  ListWorkflowExecutions: listing,
  CountWorkflowExecutions: listing,
  ScanWorkflowExecutions: listing,
  PollWorkflowTaskQueue: queue,
  PollActivityTaskQueue: queue,
  PollNexusTaskQueue: queue,
  DescribeTaskQueue: queue,
  ShutdownWorker: (world) => of(world, { stickyTaskQueue: world.sticky, identity: 'hostile' }),
  RecordWorkerHeartbeat: (world) =>
    of(world, { identity: 'hostile', workerHeartbeat: [{ workerInstanceKey: 'hostile' }] }),
  ListWorkers: (world) => of(world, {}),
  RespondWorkflowTaskCompleted: (world) =>
    workflowTask(world, { identity: 'hostile', commands: someCommands(world) }),
  RespondWorkflowTaskFailed: (world) => workflowTask(world, { identity: 'hostile', cause: 1 }),
  RespondActivityTaskCompleted: (world) => activityTask(world, { result: jsonPayloads('made') }),
  RespondActivityTaskFailed: (world) => activityTask(world, { identity: 'hostile' }),
  RespondActivityTaskCanceled: (world) => activityTask(world, { identity: 'hostile' }),
  RecordActivityTaskHeartbeat: (world) => activityTask(world, { details: jsonPayloads(1) }),
  RespondActivityTaskCompletedById: byId,
  RespondActivityTaskFailedById: byId,
  RespondActivityTaskCanceledById: byId,
  RecordActivityTaskHeartbeatById: byId,
  ListTaskQueuePartitions: queue,
  CountWorkers: (world) => of(world, {}),
  ListClusters: () => ({}),
  GetSearchAttributes: () => ({}),
  ListSearchAttributes: (world) => of(world, {}),
  AddSearchAttributes: (world) => ({ ...victim(world), searchAttributes: { Colour: 2 } }),
  RemoveSearchAttributes: (world) => ({ ...victim(world), searchAttributes: ['Colour'] }),
};

const services = [
  'temporal.api.workflowservice.v1.WorkflowService',
  'temporal.api.operatorservice.v1.OperatorService',
];
const waiting =
  /^Poll|^QueryWorkflow$|^GetWorkflowExecutionHistory$|^UpdateWorkflowExecution$|^ExecuteMulti/;
const frequent = /^(Start|Signal|RespondWorkflowTask|RespondActivityTask|Record)/;
const rare = /^(Delete|Register|Deprecate|Terminate)|ById$/;

function weightOf(name: string): number {
  if (!Object.hasOwn(valid, name)) return 0.01;
  if (waiting.test(name) || rare.test(name)) return 1;
  return frequent.test(name) ? 8 : 4;
}

export const hostileMethods: readonly HostileMethod[] = services.flatMap((service) =>
  publicMethods(service).map(({ name, requestType }) => ({
    name,
    path: `/${service}/${name}`,
    requestType,
    weight: weightOf(name),
    waits: waiting.test(name),
  })),
);

/** The bytes of a request with which nothing is wrong. */
export function validRequest(method: HostileMethod, world: World): Uint8Array {
  const make = valid[method.name] ?? ((known: World) => of(known, {}));
  return publicCodec<Record<string, unknown>>(method.requestType).encode(make(world) as never);
}
