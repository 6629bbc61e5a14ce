// GetSystemInfo and GetClusterInfo: what this server is and can. A capability is true only when it is there
// (wire-contract 4.1); clients then do without, which is the safe way to postpone a feature.

import type { RpcResponseInit } from '@perdure/wire';

/** The upstream version whose API this server speaks: the Web UI decides by it what to show. */
export const serverVersion = '1.32.0';

/** Clients whose versions are checked, with the range that is served. */
export const supportedClients: Readonly<Record<string, string>> = {
  'Nexus-go-sdk': '<2.0.0',
  'temporal-cli': '<2.0.0',
  'temporal-go': '<2.0.0',
  'temporal-java': '<2.0.0',
  'temporal-php': '<2.0.0',
  'temporal-server': '<2.0.0',
  'temporal-typescript': '<2.0.0',
  'temporal-ui': '<3.0.0',
};

export const systemInfo: RpcResponseInit<'GetSystemInfo'> = {
  serverVersion,
  capabilities: {
    activityFailureIncludeHeartbeat: true,
    countGroupByExecutionStatus: true,
    eagerWorkflowStart: true,
    encodedFailureAttributes: true,
    internalErrorDifferentiation: true,
    sdkMetadata: true,
    signalAndQueryHeader: true,
  },
};

/** What an operator is told of the cluster. */
export interface ClusterFacts {
  readonly id: string;
  readonly name: string;
  readonly historyShards: number;
  readonly persistenceStore: string;
  readonly visibilityStore: string;
}

const initialFailoverVersion = 1;

export function clusterInfo(cluster: ClusterFacts): RpcResponseInit<'GetClusterInfo'> {
  return {
    supportedClients,
    serverVersion,
    clusterId: cluster.id,
    clusterName: cluster.name,
    historyShardCount: cluster.historyShards,
    persistenceStore: cluster.persistenceStore,
    visibilityStore: cluster.visibilityStore,
    initialFailoverVersion,
    failoverVersionIncrement: 10,
  };
}

type ClusterMetadata = NonNullable<RpcResponseInit<'ListClusters'>['clusters']>[number];

/** This cluster, which is the only one, as ListClusters shows it. */
export function clusterMetadata(cluster: ClusterFacts): ClusterMetadata {
  return {
    clusterName: cluster.name,
    clusterId: cluster.id,
    initialFailoverVersion,
    historyShardCount: cluster.historyShards,
    isConnectionEnabled: true,
  };
}
