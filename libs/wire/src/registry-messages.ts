// The messages about namespaces, search attributes, workers and the cluster: of WorkflowService, and of OperatorService.

import type { temporal } from '@temporalio/proto';
import { type Codec, type Decoded, type Init, publicCodec } from './codec.ts';

export interface NamespaceRpcMessages {
  RegisterNamespace: {
    request: temporal.api.workflowservice.v1.IRegisterNamespaceRequest;
    response: temporal.api.workflowservice.v1.IRegisterNamespaceResponse;
  };
  UpdateNamespace: {
    request: temporal.api.workflowservice.v1.IUpdateNamespaceRequest;
    response: temporal.api.workflowservice.v1.IUpdateNamespaceResponse;
  };
  DeprecateNamespace: {
    request: temporal.api.workflowservice.v1.IDeprecateNamespaceRequest;
    response: temporal.api.workflowservice.v1.IDeprecateNamespaceResponse;
  };
  GetSearchAttributes: {
    request: temporal.api.workflowservice.v1.IGetSearchAttributesRequest;
    response: temporal.api.workflowservice.v1.IGetSearchAttributesResponse;
  };
}

export interface WorkerRpcMessages {
  ListTaskQueuePartitions: {
    request: temporal.api.workflowservice.v1.IListTaskQueuePartitionsRequest;
    response: temporal.api.workflowservice.v1.IListTaskQueuePartitionsResponse;
  };
  PollNexusTaskQueue: {
    request: temporal.api.workflowservice.v1.IPollNexusTaskQueueRequest;
    response: temporal.api.workflowservice.v1.IPollNexusTaskQueueResponse;
  };
  RespondNexusTaskCompleted: {
    request: temporal.api.workflowservice.v1.IRespondNexusTaskCompletedRequest;
    response: temporal.api.workflowservice.v1.IRespondNexusTaskCompletedResponse;
  };
  RespondNexusTaskFailed: {
    request: temporal.api.workflowservice.v1.IRespondNexusTaskFailedRequest;
    response: temporal.api.workflowservice.v1.IRespondNexusTaskFailedResponse;
  };
  RecordWorkerHeartbeat: {
    request: temporal.api.workflowservice.v1.IRecordWorkerHeartbeatRequest;
    response: temporal.api.workflowservice.v1.IRecordWorkerHeartbeatResponse;
  };
  ListWorkers: {
    request: temporal.api.workflowservice.v1.IListWorkersRequest;
    response: temporal.api.workflowservice.v1.IListWorkersResponse;
  };
  CountWorkers: {
    request: temporal.api.workflowservice.v1.ICountWorkersRequest;
    response: temporal.api.workflowservice.v1.ICountWorkersResponse;
  };
  DescribeWorker: {
    request: temporal.api.workflowservice.v1.IDescribeWorkerRequest;
    response: temporal.api.workflowservice.v1.IDescribeWorkerResponse;
  };
}

export interface OperatorRpcMessages {
  AddSearchAttributes: {
    request: temporal.api.operatorservice.v1.IAddSearchAttributesRequest;
    response: temporal.api.operatorservice.v1.IAddSearchAttributesResponse;
  };
  RemoveSearchAttributes: {
    request: temporal.api.operatorservice.v1.IRemoveSearchAttributesRequest;
    response: temporal.api.operatorservice.v1.IRemoveSearchAttributesResponse;
  };
  ListSearchAttributes: {
    request: temporal.api.operatorservice.v1.IListSearchAttributesRequest;
    response: temporal.api.operatorservice.v1.IListSearchAttributesResponse;
  };
  DeleteNamespace: {
    request: temporal.api.operatorservice.v1.IDeleteNamespaceRequest;
    response: temporal.api.operatorservice.v1.IDeleteNamespaceResponse;
  };
  ListClusters: {
    request: temporal.api.operatorservice.v1.IListClustersRequest;
    response: temporal.api.operatorservice.v1.IListClustersResponse;
  };
}

/** The methods of OperatorService that this server answers; every other method is one of WorkflowService. */
export const operatorRpcs: ReadonlySet<string> = new Set<keyof OperatorRpcMessages>([
  'AddSearchAttributes',
  'RemoveSearchAttributes',
  'ListSearchAttributes',
  'DeleteNamespace',
  'ListClusters',
]);

export type WorkerHeartbeat = Decoded<temporal.api.worker.v1.IWorkerHeartbeat>;
export const workerHeartbeatCodec: Codec<
  WorkerHeartbeat,
  Init<temporal.api.worker.v1.IWorkerHeartbeat>
> = publicCodec<temporal.api.worker.v1.IWorkerHeartbeat>('temporal.api.worker.v1.WorkerHeartbeat');
