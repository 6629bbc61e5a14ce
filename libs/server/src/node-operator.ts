// The operator's service on one node of a cluster: answers for the LogPartitions that it owns, and names the owner of others.

import type { PartitionMap } from '@perdure/core-shard';
import type { HistoryNode, HistoryOperator, OpenedHistory } from '@perdure/history';
import { RejectionError, reject } from '@perdure/kernel';

export function nodeOperator(node: HistoryNode, map: PartitionMap): HistoryOperator {
  const ownerOf = (workflow: { namespaceId: string; workflowId: string }): HistoryOperator => {
    const logPartition = map.partitionOf(workflow.namespaceId, workflow.workflowId);
    const opened = node.opened(logPartition);
    if (opened === null) throw notHere(logPartition, node.knownOwner(logPartition));
    return opened.operator;
  };
  return {
    describeRun: async (question) => ownerOf(question).describeRun(question),
    releaseRun: async (question) => ownerOf(question).releaseRun(question),
    // The rows of all LogPartitions are in one table.
    listQuarantine: async () => {
      for (let logPartition = 0; logPartition < map.partitionCount; logPartition++) {
        const opened: OpenedHistory | null = node.opened(logPartition);
        if (opened !== null) return opened.operator.listQuarantine();
      }
      throw notHere(0, node.knownOwner(0));
    },
  };
}

function notHere(logPartition: number, owner: string | null): RejectionError {
  const place = owner === null ? 'no node is known to own it' : `ask node ${owner}`;
  return new RejectionError(
    reject('UNAVAILABLE', `LogPartition ${logPartition} is not owned by this node: ${place}`),
  );
}
