// RespondWorkflowTaskCompleted, RespondWorkflowTaskFailed, ResetStickyTaskQueue.

import {
  type CompletionAnswer,
  type CustomAttributes,
  completeWorkflowTask,
  type Decision,
  failWorkflowTask,
  resetSticky,
} from '@perdure/core-execution';
import { invalidArgument, notFound, RejectionError, toUs } from '@perdure/kernel';
import type { CallContext, Routed } from '@perdure/ports';
import type { RpcRequest, RpcResponseInit } from '@perdure/wire';
import { carryOut } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import { lacksWorkflow } from '../owner/change.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import { type TaskToken, TokenKind } from '../task-token.ts';
import { activityTask, showStartedTask, workflowTaskResponse } from '../tasks/poll-response.ts';

type CompletedRequest = RpcRequest<'RespondWorkflowTaskCompleted'>;

/** The run of a token, or NOT_FOUND. A token of another kind of task is refused. */
export async function runOfToken(
  context: HistoryContext,
  namespaceId: string,
  taskToken: Uint8Array,
  kind: number,
): Promise<{ token: TaskToken; handle: RunHandle }> {
  const token = context.tokens.read(taskToken, namespaceId);
  if (token.kind !== kind) {
    throw new RejectionError(invalidArgument('Error deserializing task token.'));
  }
  const { workflowId, runId } = token;
  const handle = await context.loader.run({ namespaceId: token.namespaceId, workflowId, runId });
  if (handle === null) throw await context.loader.absent(workflowId);
  return { token, handle };
}

/** What the completed event passes on from the worker. */
function passedOn(request: CompletedRequest): Record<string, unknown> {
  const { binaryChecksum, workerVersionStamp, sdkMetadata, meteringMetadata } = request;
  return {
    ...(binaryChecksum === '' ? {} : { binaryChecksum }),
    ...(workerVersionStamp === null ? {} : { workerVersion: workerVersionStamp }),
    ...(sdkMetadata === null ? {} : { sdkMetadata }),
    ...(meteringMetadata === null ? {} : { meteringMetadata }),
  };
}

const none: CustomAttributes = new Map();

/** What the namespace of a run has registered. */
function customAttributes({ namespaces }: HistoryContext, handle: RunHandle): CustomAttributes {
  return namespaces.byId(handle.state.run.namespaceId)?.searchAttributes ?? none;
}

/** TypeScript workers before 1.4.4 ask for activities and then lose them. */
const eagerSince = [1, 4, 4] as const;

function takesActivities({ clientName, clientVersion }: CallContext): boolean {
  if (clientName !== 'temporal-typescript') return true;
  const version = clientVersion.split('.').map((part) => Number.parseInt(part, 10));
  for (const [place, since] of eagerSince.entries()) {
    const part = version[place] ?? 0;
    if (part !== since) return part > since;
  }
  return true;
}

interface Completion {
  readonly handle: RunHandle;
  /** Of the task. */
  readonly attempt: number;
  readonly decision: Decision<CompletionAnswer>;
}

/** Decided and committed in one turn (O1); once more, if the run goes on in a next one and its workflow id must be read first. */
export async function completeTask(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondWorkflowTaskCompleted'>,
  call: CallContext,
): Promise<RpcResponseInit<'RespondWorkflowTaskCompleted'>> {
  const { owner } = context;
  const { taskToken, stickyAttributes: sticky } = request;
  for (;;) {
    const { token, handle } = await runOfToken(context, namespaceId, taskToken, TokenKind.Workflow);
    const attempt = handle.state.progress.workflowTask?.attempt ?? 1;
    const decision = owner.decide(handle, (state, at) =>
      completeWorkflowTask(state, {
        task: token,
        commands: request.commands,
        identity: request.identity,
        stickyQueue: sticky?.workerTaskQueue?.name ?? '',
        stickyScheduleToStartUs: toUs(sticky?.scheduleToStartTimeout),
        forceNewTask: request.forceCreateNewWorkflowTask,
        returnNewTask: request.returnNewWorkflowTask,
        passedOn: passedOn(request),
        searchAttributes: customAttributes(context, handle),
        takesActivities: takesActivities(call),
        successorRunId: context.newId(),
        ...at,
      }),
    );
    if (!lacksWorkflow(owner, handle, decision.transition ?? null)) {
      return answerCompletion(context, request, { attempt, handle, decision });
    }
    await context.loader.workflow(token.namespaceId, token.workflowId);
  }
}

/** Commits before it waits for anything: nothing comes between the decision and its commit. */
async function answerCompletion(
  context: HistoryContext,
  request: CompletedRequest,
  { attempt, handle, decision }: Completion,
): Promise<RpcResponseInit<'RespondWorkflowTaskCompleted'>> {
  const { owner, queries } = context;
  if (decision.ok) {
    const sticky = request.stickyAttributes !== null;
    const { commands } = request;
    context.meters.taskCompleted(handle.state.run.namespaceId, commands, sticky, attempt);
  }
  const answers = decision.ok ? queries.takeAnswered(handle, request.queryResults) : [];
  const done = carryOut(owner, handle, null, decision);
  const task = decision.ok ? decision.value.inlineTask : null;
  const shown = task === null ? null : showStartedTask(handle, task, true, queries.attach(handle));
  const started = decision.ok ? decision.value.activities : [];
  const activityTasks = started.map((activity) => activityTask(context, handle, activity));
  await done;
  for (const answer of answers) answer();
  if (shown === null) return { activityTasks };
  // All that it shows came with this completion: it is in memory, and nothing of it has to be read.
  return { activityTasks, workflowTask: await workflowTaskResponse(context, handle, shown) };
}

export async function failTask(
  context: HistoryContext,
  { namespaceId, request }: Routed<'RespondWorkflowTaskFailed'>,
): Promise<Record<string, never>> {
  const { owner } = context;
  const { token, handle } = await runOfToken(
    context,
    namespaceId,
    request.taskToken,
    TokenKind.Workflow,
  );
  const { cause, failure, identity, binaryChecksum } = request;
  const decision = owner.decide(handle, (state, at) =>
    failWorkflowTask(state, {
      task: token,
      cause,
      failure,
      identity,
      binaryChecksum,
      ...at,
    }),
  );
  await carryOut(owner, handle, null, decision);
  return {};
}

export async function resetStickyQueue(
  context: HistoryContext,
  { namespaceId, request }: Routed<'ResetStickyTaskQueue'>,
): Promise<Record<string, never>> {
  const { owner, loader } = context;
  const { workflowId, runId } = request.execution ?? { workflowId: '', runId: '' };
  const handle = await loader.find(namespaceId, workflowId, runId);
  if (!handle.open) {
    await owner.afterHead();
    throw new RejectionError(notFound('workflow execution already completed'));
  }
  const decision = owner.decide(handle, (state, at) => resetSticky(state, at));
  await carryOut(owner, handle, null, decision);
  return {};
}
