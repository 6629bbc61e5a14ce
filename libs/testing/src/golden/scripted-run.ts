// One workflow execution played by hand: the client and the worker of a golden sequence.
//
// Each run has a task queue of its own, so nothing another test does reaches it. Every method is one RPC, except
// `history`, which pages. Polls have short deadlines: a task that a test waits for is there at once.

import { randomUUID } from 'node:crypto';
import {
  decodeEvents,
  type HistoryEvent,
  type RpcRequestInit,
  type RpcResponse,
} from '@perdure/wire';
import type { CommandInit } from './commands.ts';
import { enumValue } from './event-table.ts';
import { applicationFailure, jsonPayloads } from './payload.ts';
import type { RawClient } from './raw-client.ts';

const pollMs = 8_000;

export const namespace = 'default';
export const identity = 'golden';

type PollResponse = RpcResponse<'PollWorkflowTaskQueue'>;
/** A workflow task with its history decoded. */
export type WorkflowTask = PollResponse & { readonly events: readonly HistoryEvent[] };
export type ActivityTask = RpcResponse<'PollActivityTaskQueue'>;
export type CompletedTask = RpcResponse<'RespondWorkflowTaskCompleted'> & {
  readonly inlineTask: WorkflowTask | null;
};

export interface CompleteOptions {
  /** Name of the sticky queue the worker offers. */
  readonly sticky?: string;
  readonly stickyTimeoutSeconds?: number;
  readonly returnNew?: boolean;
  readonly forceNew?: boolean;
  readonly request?: RpcRequestInit<'RespondWorkflowTaskCompleted'>;
}

/** The whole history of an execution, page by page. */
export async function readHistory(
  client: RawClient,
  execution: { readonly workflowId: string; readonly runId?: string },
  pageSize = 0,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextPageToken: Uint8Array = new Uint8Array(0);
  do {
    const page = await client.call('GetWorkflowExecutionHistory', {
      namespace,
      execution,
      maximumPageSize: pageSize,
      nextPageToken,
    });
    events.push(...decodeEvents(page.history));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return events;
}

export class ScriptedRun {
  readonly client: RawClient;
  readonly workflowId: string;
  readonly taskQueue: string;
  runId = '';

  constructor(
    client: RawClient,
    workflowId: string = `golden-${randomUUID()}`,
    taskQueue: string = `golden-${randomUUID()}`,
  ) {
    this.client = client;
    this.workflowId = workflowId;
    this.taskQueue = taskQueue;
  }

  /** A run that is started, with what the test adds to the request. */
  static async start(
    client: RawClient,
    request: RpcRequestInit<'StartWorkflowExecution'> = {},
  ): Promise<ScriptedRun> {
    const run = new ScriptedRun(client);
    run.runId = (await run.start(request)).runId;
    return run;
  }

  get execution(): { workflowId: string; runId: string } {
    return { workflowId: this.workflowId, runId: this.runId };
  }

  start(
    request: RpcRequestInit<'StartWorkflowExecution'> = {},
  ): Promise<RpcResponse<'StartWorkflowExecution'>> {
    return this.client.call('StartWorkflowExecution', {
      namespace,
      workflowId: this.workflowId,
      workflowType: { name: 'golden-workflow' },
      taskQueue: { name: this.taskQueue },
      requestId: randomUUID(),
      identity,
      ...request,
    });
  }

  signalWithStart(
    request: RpcRequestInit<'SignalWithStartWorkflowExecution'> = {},
  ): Promise<RpcResponse<'SignalWithStartWorkflowExecution'>> {
    return this.client.call('SignalWithStartWorkflowExecution', {
      namespace,
      workflowId: this.workflowId,
      workflowType: { name: 'golden-workflow' },
      taskQueue: { name: this.taskQueue },
      requestId: randomUUID(),
      identity,
      signalName: 'with-start',
      ...request,
    });
  }

  /** The run that the workflow id has now: the newest of its chain. */
  async current(): Promise<ScriptedRun> {
    const run = new ScriptedRun(this.client, this.workflowId, this.taskQueue);
    run.runId = (await run.describe()).workflowExecutionInfo?.execution?.runId ?? '';
    return run;
  }

  async signal(
    name: string,
    request: RpcRequestInit<'SignalWorkflowExecution'> = {},
  ): Promise<void> {
    await this.client.call('SignalWorkflowExecution', {
      namespace,
      workflowExecution: this.execution,
      signalName: name,
      input: jsonPayloads(name),
      requestId: randomUUID(),
      identity,
      ...request,
    });
  }

  async requestCancel(reason: string): Promise<void> {
    await this.client.call('RequestCancelWorkflowExecution', {
      namespace,
      workflowExecution: this.execution,
      requestId: randomUUID(),
      reason,
      identity,
    });
  }

  async terminate(reason: string): Promise<void> {
    const workflowExecution = this.execution;
    const request = { namespace, workflowExecution, reason, identity };
    await this.client.call('TerminateWorkflowExecution', request);
  }

  describe(): Promise<RpcResponse<'DescribeWorkflowExecution'>> {
    return this.client.call('DescribeWorkflowExecution', { namespace, execution: this.execution });
  }

  history(): Promise<HistoryEvent[]> {
    return readHistory(this.client, this.execution);
  }

  /** Polls for a workflow task; the response is empty (no token) when there was none in time. */
  async pollWorkflowTask(
    options: { readonly sticky?: string; readonly timeoutMs?: number } = {},
  ): Promise<WorkflowTask> {
    const taskQueue =
      options.sticky === undefined
        ? { name: this.taskQueue }
        : {
            name: options.sticky,
            kind: enumValue('TASK_QUEUE_KIND', 'STICKY'),
            normalName: this.taskQueue,
          };
    const response = await this.client.call(
      'PollWorkflowTaskQueue',
      { namespace, taskQueue, identity },
      { timeoutMs: options.timeoutMs ?? pollMs },
    );
    return withEvents(response);
  }

  /** Polls for a workflow task that must be there. */
  async nextWorkflowTask(options: { readonly sticky?: string } = {}): Promise<WorkflowTask> {
    const task = await this.pollWorkflowTask(options);
    if (task.taskToken.length === 0) throw new Error(`no workflow task on ${this.taskQueue}`);
    return task;
  }

  async completeWorkflowTask(
    task: { readonly taskToken: Uint8Array },
    commands: readonly CommandInit[] = [],
    options: CompleteOptions = {},
  ): Promise<CompletedTask> {
    const sticky = options.sticky;
    const response = await this.client.call('RespondWorkflowTaskCompleted', {
      namespace,
      taskToken: task.taskToken,
      identity,
      commands,
      ...(options.returnNew === true && { returnNewWorkflowTask: true }),
      ...(options.forceNew === true && { forceCreateNewWorkflowTask: true }),
      ...(sticky !== undefined && {
        stickyAttributes: {
          workerTaskQueue: {
            name: sticky,
            kind: enumValue('TASK_QUEUE_KIND', 'STICKY'),
            normalName: this.taskQueue,
          },
          scheduleToStartTimeout: { seconds: options.stickyTimeoutSeconds ?? 10 },
        },
      }),
      ...options.request,
    });
    const inlineTask = response.workflowTask as PollResponse | null;
    const hasTask = inlineTask !== null && inlineTask.taskToken.length > 0;
    return Object.assign(response, { inlineTask: hasTask ? withEvents(inlineTask) : null });
  }

  async failWorkflowTask(task: WorkflowTask, message: string): Promise<void> {
    await this.client.call('RespondWorkflowTaskFailed', {
      namespace,
      taskToken: task.taskToken,
      cause: enumValue('WORKFLOW_TASK_FAILED_CAUSE', 'WORKFLOW_WORKER_UNHANDLED_FAILURE'),
      failure: applicationFailure(message),
      identity,
    });
  }

  pollActivityTask(timeoutMs = pollMs): Promise<ActivityTask> {
    const taskQueue = { name: this.taskQueue };
    const request = { namespace, taskQueue, identity };
    return this.client.call('PollActivityTaskQueue', request, { timeoutMs });
  }

  /** Polls for an activity task that must be there. */
  async nextActivityTask(): Promise<ActivityTask> {
    const task = await this.pollActivityTask();
    if (task.taskToken.length === 0) throw new Error(`no activity task on ${this.taskQueue}`);
    return task;
  }

  async completeActivity(task: ActivityTask, result: unknown): Promise<void> {
    await this.client.call('RespondActivityTaskCompleted', {
      namespace,
      taskToken: task.taskToken,
      result: jsonPayloads(result),
      identity,
    });
  }

  async failActivity(
    task: ActivityTask,
    failure: Uint8Array = applicationFailure('activity failed'),
  ): Promise<void> {
    const request = { namespace, taskToken: task.taskToken, failure, identity };
    await this.client.call('RespondActivityTaskFailed', request);
  }
}

function withEvents(response: PollResponse): WorkflowTask {
  // A decoded message keeps the defaults of absent fields on its prototype, so it is extended, not copied.
  return Object.assign(response, { events: decodeEvents(response.history) });
}
