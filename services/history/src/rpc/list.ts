// ListWorkflowExecutions and CountWorkflowExecutions over the visibility index. What this process answered before the call
// is in the answer (B3 of the feed); what other nodes answered comes by and by.

import { fromUs, invalidArgument, noBytes, RejectionError } from '@perdure/kernel';
import type {
  HistoryService,
  OwnerRequest,
  VisibilityIndex,
  VisibilityPosition,
  VisibilityRow,
} from '@perdure/ports';
import {
  type Codec,
  jsonPayload,
  ownCodec,
  type RpcResponseInit,
  searchAttributesCodec,
  WorkflowExecutionStatus,
} from '@perdure/wire';
import { executionOf } from '../context.ts';

export interface Lists {
  readonly index: Pick<VisibilityIndex, 'list' | 'count' | 'countByStatus'>;
  /** Resolves when everything that was answered before is in the index. */
  readonly settled: () => Promise<void>;
}

type ListRpcs = Pick<HistoryService['rpc'], 'ListWorkflowExecutions' | 'CountWorkflowExecutions'>;

export function listRpcs(lists: Lists): ListRpcs {
  return {
    ListWorkflowExecutions: (request) => listWorkflows(lists, request),
    CountWorkflowExecutions: (request) => countWorkflows(lists, request),
  };
}

interface ListToken {
  readonly open: boolean;
  readonly closeTimeUs: number;
  readonly startTimeUs: number;
  readonly runId: string;
}

const tokenCodec: Codec<ListToken, ListToken> = ownCodec('token', 'perdure.token.v1.ListToken');

function encodeToken(row: VisibilityRow): Uint8Array {
  return tokenCodec.encode({
    open: row.closeTimeUs === null,
    closeTimeUs: row.closeTimeUs ?? 0,
    startTimeUs: row.startTimeUs,
    runId: row.run.runId,
  });
}

function decodeToken(bytes: Uint8Array): VisibilityPosition | null {
  if (bytes.length === 0) return null;
  try {
    const { open, closeTimeUs, startTimeUs, runId } = tokenCodec.decode(bytes);
    return { closeTimeUs: open ? null : closeTimeUs, startTimeUs, runId };
  } catch (cause) {
    throw new RejectionError(invalidArgument('Invalid NextPageToken.'), { cause });
  }
}

type Info = NonNullable<
  NonNullable<RpcResponseInit<'ListWorkflowExecutions'>['executions']>[number]
>;

function infoOf(row: VisibilityRow): Info {
  const closed = row.closeTimeUs !== null;
  return {
    execution: executionOf(row.run),
    type: { name: row.workflowType },
    startTime: fromUs(row.startTimeUs),
    executionTime: fromUs(row.executionTimeUs),
    status: row.status,
    taskQueue: row.taskQueue,
    stateTransitionCount: row.stateTransitionCount,
    rootExecution: executionOf(row.run),
    ...(closed
      ? {
          closeTime: fromUs(row.closeTimeUs as number),
          executionDuration: fromUs((row.closeTimeUs as number) - row.executionTimeUs),
          historyLength: row.historyLength,
          historySizeBytes: row.historySizeBytes,
        }
      : {}),
    ...(row.memo.length > 0 ? { memo: row.memo } : {}),
    ...(row.searchAttributes.length > 0
      ? { searchAttributes: searchAttributesCodec.decode(row.searchAttributes) }
      : {}),
  };
}

async function listWorkflows(
  { index, settled }: Lists,
  { namespaceId, request, filter }: OwnerRequest<'ListWorkflowExecutions'>,
): Promise<RpcResponseInit<'ListWorkflowExecutions'>> {
  const after = decodeToken(request.nextPageToken);
  const limit = request.pageSize;
  await settled();
  const rows = await index.list(namespaceId, filter, after, limit);
  const last = rows.at(-1);
  return {
    executions: rows.map(infoOf),
    nextPageToken: last === undefined || rows.length < limit ? noBytes : encodeToken(last),
  };
}

const statusNames = new Map<number, string>(
  Object.entries(WorkflowExecutionStatus).map(([name, value]) => [value, name]),
);

async function countWorkflows(
  { index, settled }: Lists,
  { namespaceId, filter, groupByStatus }: OwnerRequest<'CountWorkflowExecutions'>,
): Promise<RpcResponseInit<'CountWorkflowExecutions'>> {
  await settled();
  if (!groupByStatus) return { count: await index.count(namespaceId, filter) };
  const counts = await index.countByStatus(namespaceId, filter);
  let count = 0;
  for (const rows of counts.values()) count += rows;
  const groups = [...counts].map(([status, rows]) => ({
    groupValues: [jsonPayload(statusNames.get(status) ?? String(status))],
    count: rows,
  }));
  return { count, groups };
}
