// The messages about namespaces, search attributes and the cluster: of WorkflowService, and of OperatorService.

import type { temporal } from '@temporalio/proto';

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
