// What clients were told of the runs of a directory, as JSON, and whether a server still tells the same.
//
// T1. Histories only grow: what was told is a prefix of what is told now, of a run that has ended all of it.
// T2. What was described of a run in which nothing became due is described again; new fields may stand beside it.

import { namespace, type RawClient } from '@perdure/testing/golden';
import { type RpcName, type RpcRequestInit, rpcCodec } from '@perdure/wire';
import { fullCodec, fullRpcCodec, fullType, type JsonValue, protoJson } from '@perdure/wire/full';
import type { Keepsake } from './corpus-runs.ts';

export interface ToldRun {
  readonly name: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly taskQueue: string;
  readonly kept: Keepsake;
  readonly description: JsonValue;
  readonly history: readonly JsonValue[];
}

export interface Told {
  /** What wrote the directory. */
  readonly written: { readonly commit: string; readonly formats: Readonly<Record<string, number>> };
  readonly runs: readonly ToldRun[];
  /** Runs that the server quarantined (rule L12). */
  readonly quarantined: readonly { readonly workflowId: string; readonly runId: string }[];
  /** All runs, as listed, by run id. */
  readonly listed: Readonly<Record<string, JsonValue>>;
}

/** A client that is not shown the events of a task that may never enter the history. */
const viewer = { 'client-name': 'perdure-cli' };

const historyType = 'temporal.api.history.v1.History';

/** The answer with its user data decoded. */
async function answered<R extends RpcName>(client: RawClient, rpc: R, request: RpcRequestInit<R>) {
  const codec = rpcCodec(rpc).response;
  return fullRpcCodec(rpc).response.decode(
    codec.encode((await client.call(rpc, request)) as never),
  );
}

export async function describeRun(
  client: RawClient,
  execution: { readonly workflowId: string; readonly runId: string },
): Promise<JsonValue> {
  const response = await answered(client, 'DescribeWorkflowExecution', { namespace, execution });
  const type = 'temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse';
  return protoJson(fullType(type), response, 'raw');
}

export async function historyOf(
  client: RawClient,
  execution: { readonly workflowId: string; readonly runId: string },
): Promise<readonly JsonValue[]> {
  const events: JsonValue[] = [];
  let nextPageToken: Uint8Array = new Uint8Array(0);
  do {
    const request = { namespace, execution, nextPageToken };
    const page = await client.call('GetWorkflowExecutionHistory', request, { headers: viewer });
    const history = fullCodec<object>(historyType).decode(page.history);
    const json = protoJson(fullType(historyType), history, 'raw') as {
      readonly events?: readonly JsonValue[];
    };
    events.push(...(json.events ?? []));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return events;
}

export async function listRuns(client: RawClient): Promise<Readonly<Record<string, JsonValue>>> {
  const response = await answered(client, 'ListWorkflowExecutions', { namespace, pageSize: 1_000 });
  const type = fullType('temporal.api.workflow.v1.WorkflowExecutionInfo');
  return Object.fromEntries(
    response.executions.map((info) => [info.execution?.runId, protoJson(type, info, 'raw')]),
  );
}
