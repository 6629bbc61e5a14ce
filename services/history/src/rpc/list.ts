// ListWorkflowExecutions and CountWorkflowExecutions over the visibility index. What was answered before the call is
// in the answer (B3 of the feed).

import { fromUs, invalidArgument, noBytes, RejectionError } from '@perdure/kernel';
import type { OwnerRequest, VisibilityPosition, VisibilityRow } from '@perdure/ports';
import {
  type Codec,
  jsonPayload,
  ownCodec,
  type RpcResponseInit,
  searchAttributesCodec,
  WorkflowExecutionStatus,
} from '@perdure/wire';
import { executionOf, type HistoryContext } from '../context.ts';

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

export async function listWorkflows(
  context: HistoryContext,
  { namespaceId, request, filter }: OwnerRequest<'ListWorkflowExecutions'>,
): Promise<RpcResponseInit<'ListWorkflowExecutions'>> {
  const after = decodeToken(request.nextPageToken);
  const limit = request.pageSize;
  await context.owner.afterHead();
  await context.visibilityFeed.flushed();
  const rows = await context.visibility.list(namespaceId, filter, after, limit);
  const last = rows.at(-1);
  return {
    executions: rows.map(infoOf),
    nextPageToken: last === undefined || rows.length < limit ? noBytes : encodeToken(last),
  };
}

const statusNames = new Map<number, string>(
  Object.entries(WorkflowExecutionStatus).map(([name, value]) => [value, name]),
);

export async function countWorkflows(
  context: HistoryContext,
  { namespaceId, filter, groupByStatus }: OwnerRequest<'CountWorkflowExecutions'>,
): Promise<RpcResponseInit<'CountWorkflowExecutions'>> {
  await context.owner.afterHead();
  await context.visibilityFeed.flushed();
  if (!groupByStatus) return { count: await context.visibility.count(namespaceId, filter) };
  const counts = await context.visibility.countByStatus(namespaceId, filter);
  let count = 0;
  for (const rows of counts.values()) count += rows;
  const groups = [...counts].map(([status, rows]) => ({
    groupValues: [jsonPayload(statusNames.get(status) ?? String(status))],
    count: rows,
  }));
  return { count, groups };
}
