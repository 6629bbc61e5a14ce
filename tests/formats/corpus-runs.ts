// The runs of a corpus: how each is brought into its state, and how a worker brings it to its end years later.
//
// A run of the corpus is known by its name. What `finish` does must work on every directory in which the name stands, so
// a name is never given another meaning.

import {
  applicationFailure,
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  identity,
  jsonPayload,
  jsonPayloads,
  modifyMemo,
  namespace,
  recordMarker,
  requestCancelActivity,
  type ScriptedRun,
  scheduleActivity,
  startTimer,
  upsertSearchAttributes,
} from '@perdure/testing/golden';
import type { RpcRequestInit } from '@perdure/wire';
import { fullCodec, type temporal } from '@perdure/wire/full';

/** Longer than anybody will keep a corpus. */
const centurySeconds = 100 * 365 * 24 * 3600;

/** What only the maker of the directory knows of a run: kept beside it. */
export type Keepsake = Readonly<Record<string, string>>;

export interface CorpusRun {
  readonly start?: RpcRequestInit<'StartWorkflowExecution'>;
  /** Brings the started run into its state. */
  readonly begin?: (run: ScriptedRun) => Promise<Keepsake | void>;
  /** Goes on when the first part is in the store and the server has been started again: stays in the tail of the log. */
  readonly goOn?: (run: ScriptedRun) => Promise<void>;
  /** Nothing becomes due in it by itself: what was told of it is told again, word by word. */
  readonly still: boolean;
  /** Brings it to its end; absent: it has ended. */
  readonly finish?: (run: ScriptedRun, kept: Keepsake) => Promise<void>;
}

/** A memo or header of one field. */
const fields = (type: 'Memo' | 'Header', key: string, text: string): Uint8Array => {
  const payload = { metadata: {}, data: new TextEncoder().encode(text) };
  const codec = fullCodec<temporal.api.common.v1.IHeader>(`temporal.api.common.v1.${type}`);
  return codec.encode({ fields: { [key]: payload } });
};

const workflowTask = async (
  run: ScriptedRun,
  ...commands: Parameters<ScriptedRun['completeWorkflowTask']>[1] & object
): Promise<void> => {
  await run.completeWorkflowTask(await run.nextWorkflowTask(), commands);
};

const activity = (run: ScriptedRun, id: string, seconds: number, retrySeconds = 1) =>
  scheduleActivity(run.taskQueue, id, {
    input: jsonPayloads('of', id),
    startToCloseTimeout: { seconds },
    retryPolicy: {
      initialInterval: { seconds: retrySeconds },
      maximumInterval: { seconds: retrySeconds },
      backoffCoefficient: 1,
    },
  });

const complete = (run: ScriptedRun): Promise<void> => workflowTask(run, completeWorkflow('done'));

const signalled = async (run: ScriptedRun): Promise<void> => {
  await run.signal('go on');
  await complete(run);
};

/** From now on the run is the current one of its workflow id. */
const nextOfChain = async (run: ScriptedRun): Promise<void> => {
  const { workflowId } = run;
  const request = { namespace, execution: { workflowId } };
  const { workflowExecutionInfo } = await run.client.call('DescribeWorkflowExecution', request);
  run.runId = workflowExecutionInfo?.execution?.runId ?? '';
};

/** A cancel request ends the wait for the first task. */
const endDelay = async (run: ScriptedRun): Promise<void> => {
  await run.requestCancel('not in this century');
  await workflowTask(run, cancelWorkflow());
};

export const corpusRuns: Readonly<Record<string, CorpusRun>> = {
  waiting: { still: true, finish: complete },
  furnished: {
    start: {
      input: jsonPayloads('größer', { n: 12.5, list: [null, true] }, 'x'.repeat(2_000)),
      memo: fields('Memo', 'why', 'corpus'),
      header: fields('Header', 'trace', 't-1'),
      retryPolicy: { maximumAttempts: 3, nonRetryableErrorTypes: ['Fatal'] },
      workflowRunTimeout: { seconds: centurySeconds },
      priority: { priorityKey: 2 },
    },
    still: true,
    finish: complete,
  },
  'timer far': {
    begin: (run) => workflowTask(run, startTimer('far', centurySeconds * 1000)),
    still: true,
    finish: async (run) => {
      await run.signal('go on');
      await workflowTask(run, cancelTimer('far'), completeWorkflow());
    },
  },
  'timer due': {
    begin: (run) => workflowTask(run, startTimer('due', 20_000)),
    still: false,
    finish: complete,
  },
  'retry far': {
    begin: async (run) => {
      await workflowTask(run, activity(run, 'retried', 20, centurySeconds));
      await run.failActivity(await run.nextActivityTask(), applicationFailure('first try'));
    },
    still: true,
    finish: async (run) => {
      await run.signal('go on');
      await workflowTask(run, requestCancelActivity(5), completeWorkflow());
    },
  },
  'retry due': {
    begin: async (run) => {
      await workflowTask(run, activity(run, 'retried', 20, 20));
      await run.failActivity(await run.nextActivityTask(), applicationFailure('first try'));
    },
    still: false,
    finish: async (run) => {
      const task = await run.nextActivityTask();
      if (task.attempt !== 2) throw new Error(`the activity is at attempt ${task.attempt}, not 2`);
      await run.completeActivity(task, 'second try');
      await complete(run);
    },
  },
  'activity running': {
    begin: async (run) => {
      await workflowTask(run, activity(run, 'running', centurySeconds));
      const { taskToken } = await run.nextActivityTask();
      const details = jsonPayloads('half way');
      await run.client.call('RecordActivityTaskHeartbeat', {
        namespace,
        taskToken,
        details,
        identity,
      });
      return { taskToken: Buffer.from(taskToken).toString('base64') };
    },
    still: true,
    finish: async (run, { taskToken = '' }) => {
      await run.client.call('RespondActivityTaskCompleted', {
        namespace,
        taskToken: Buffer.from(taskToken, 'base64'),
        result: jsonPayloads('by the old token'),
        identity,
      });
      await complete(run);
    },
  },
  'signal buffered': {
    begin: async (run) => {
      await run.nextWorkflowTask();
      await run.signal('buffered');
    },
    still: false,
    finish: complete,
  },
  sticky: {
    begin: async (run) => {
      await run.completeWorkflowTask(await run.nextWorkflowTask(), [], {
        sticky: `${run.taskQueue}-sticky`,
      });
      // Somebody polls the sticky queue, so that the task of the signal goes there.
      await run.pollWorkflowTask({ sticky: `${run.taskQueue}-sticky`, timeoutMs: 4_000 });
      await run.signal('to the sticky queue');
    },
    still: false,
    finish: complete,
  },
  'task failed': {
    begin: async (run) => run.failWorkflowTask(await run.nextWorkflowTask(), 'not yet'),
    still: true,
    finish: complete,
  },
  'cancel requested': {
    begin: (run) => run.requestCancel('no longer needed'),
    still: true,
    finish: (run) => workflowTask(run, cancelWorkflow()),
  },
  'many events': {
    begin: async (run) => {
      await workflowTask(run, startTimer('far', centurySeconds * 1000));
      for (let at = 0; at < 40; at++) await run.signal(`mark ${at}`);
      await workflowTask(run, startTimer('other', centurySeconds * 1000));
    },
    goOn: async (run) => {
      for (let at = 40; at < 45; at++) await run.signal(`mark ${at}`);
    },
    still: true,
    finish: complete,
  },
  'goes on in the tail': {
    begin: (run) => workflowTask(run, activity(run, 'first', centurySeconds)),
    goOn: async (run) => {
      await run.completeActivity(await run.nextActivityTask(), 'in the tail');
    },
    still: true,
    finish: complete,
  },
  'ends in the tail': {
    begin: (run) => workflowTask(run, startTimer('far', centurySeconds * 1000)),
    goOn: signalled,
    still: true,
  },
  completed: { begin: complete, still: true },
  failed: { begin: (run) => workflowTask(run, failWorkflow('as planned')), still: true },
  terminated: { begin: (run) => run.terminate('by hand'), still: true },
  'start delayed': {
    start: { workflowStartDelay: { seconds: centurySeconds } },
    begin: (run) => run.signal('before the first task'),
    still: true,
    finish: endDelay,
  },
  'properties changed': {
    begin: (run) =>
      workflowTask(
        run,
        recordMarker('version', { details: { change: jsonPayloads(1) } }),
        modifyMemo({ why: jsonPayload('changed') }),
        upsertSearchAttributes({ TemporalChangeVersion: jsonPayload(['change-1']) }),
      ),
    start: { memo: fields('Memo', 'first', 'kept') },
    still: true,
    finish: signalled,
  },
  'went on as another': {
    begin: async (run) => {
      await workflowTask(run, continueAsNew({ input: jsonPayloads('the second part') }));
      await nextOfChain(run);
    },
    still: false,
    finish: complete,
  },
  'run tried again': {
    start: { retryPolicy: { maximumAttempts: 3, initialInterval: { seconds: centurySeconds } } },
    begin: async (run) => {
      await workflowTask(run, failWorkflow('first try'));
      await nextOfChain(run);
    },
    still: true,
    finish: endDelay,
  },
  'run before it deleted': {
    begin: async (run) => {
      await complete(run);
      const workflowExecution = run.execution;
      await run.client.call('DeleteWorkflowExecution', { namespace, workflowExecution });
      run.runId = (await run.start()).runId;
    },
    still: true,
    finish: complete,
  },
  'second run': {
    begin: async (run) => {
      await run.terminate('the first one');
      run.runId = (await run.start()).runId;
    },
    still: true,
    finish: signalled,
  },
};
