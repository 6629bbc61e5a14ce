// One StartWorkflowExecution from flags.

import { randomUUID } from 'node:crypto';
import { fromUs } from '@perdure/kernel';
import type { FullRequest } from '@perdure/wire/full';
import type { Connection } from '../client/connection.ts';
import { CommandError } from '../command.ts';
import type { StartValues } from '../flags/start.ts';
import { inputPayloads, jsonPayload, type PayloadInit } from '../parse/input.ts';
import { parseJsonPairs } from '../parse/pairs.ts';

export interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly namespace: string;
  readonly taskQueue: string;
}

type StartRequest = FullRequest<'StartWorkflowExecution'>;

/** Starts the workflow. Where its id is taken, names the run that has it, unless the flags ask for a failure. */
export async function startWorkflow(connection: Connection, flags: StartValues): Promise<Started> {
  const { enumValue } = await import('../render/enum-label.ts');
  const workflowId = flags['workflow-id'] ?? randomUUID();
  const request: StartRequest = {
    namespace: connection.namespace,
    identity: connection.identity,
    requestId: randomUUID(),
    workflowId,
    workflowType: { name: flags.type },
    taskQueue: { name: flags['task-queue'], kind: 1 },
    workflowIdReusePolicy: enumValue('WorkflowIdReusePolicy', flags['id-reuse-policy']),
    workflowIdConflictPolicy: enumValue('WorkflowIdConflictPolicy', flags['id-conflict-policy']),
    ...payloadFields(flags),
    ...timeFields(flags),
  };
  const runId = await startOrFind(connection, request, flags);
  return {
    workflowId,
    runId,
    type: flags.type,
    namespace: connection.namespace,
    taskQueue: flags['task-queue'],
  };
}

async function startOrFind(
  connection: Connection,
  request: StartRequest,
  flags: StartValues,
): Promise<string> {
  const { RpcFault } = await import('../client/rpc-fault.ts');
  const mayFind =
    !flags['fail-existing'] &&
    flags['id-conflict-policy'] !== 'Fail' &&
    flags['id-reuse-policy'] !== 'RejectDuplicate';
  try {
    return (await connection.call('StartWorkflowExecution', request)).runId;
  } catch (fault) {
    if (!(fault instanceof RpcFault)) throw fault;
    if (mayFind && fault.runningId !== undefined) return fault.runningId;
    throw new CommandError(`failed starting workflow: ${fault.message}`, { cause: fault });
  }
}

function timeFields(flags: StartValues): StartRequest {
  const time = (us: number | undefined) => (us === undefined ? undefined : fromUs(us));
  return {
    workflowRunTimeout: time(flags['run-timeout']),
    workflowExecutionTimeout: time(flags['execution-timeout']),
    workflowTaskTimeout: time(flags['task-timeout']),
    workflowStartDelay: time(flags['start-delay']),
    cronSchedule: flags.cron,
  };
}

function payloadFields(flags: StartValues): StartRequest {
  const { 'static-summary': summary, 'static-details': details } = flags;
  const line = (value: string | undefined) =>
    value === undefined ? undefined : jsonPayload(JSON.stringify(value));
  const memo = jsonFields(flags.memo, '--memo');
  const attributes = jsonFields(flags['search-attribute'], '--search-attribute');
  const header = jsonFields(flags.headers, '--headers');
  const priority = {
    priorityKey: flags['priority-key'],
    fairnessKey: flags['fairness-key'],
    fairnessWeight: flags['fairness-weight'],
  };
  const hasPriority = Object.values(priority).some((value) => value !== undefined);
  return {
    input: inputPayloads(flags),
    memo: memo && { fields: memo },
    searchAttributes: attributes && { indexedFields: attributes },
    header: header && { fields: header },
    userMetadata:
      summary === undefined && details === undefined
        ? undefined
        : { summary: line(summary), details: line(details) },
    priority: hasPriority ? priority : undefined,
  };
}

/** `KEY=JSON` flags as payloads; undefined for none. */
export function jsonFields(
  texts: readonly string[],
  flag: string,
): Readonly<Record<string, PayloadInit>> | undefined {
  if (texts.length === 0) return undefined;
  const pairs = parseJsonPairs(texts, flag);
  return Object.fromEntries(pairs.map(([key, json]) => [key, jsonPayload(json)]));
}
