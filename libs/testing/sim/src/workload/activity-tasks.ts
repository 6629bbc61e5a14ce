// The activities of a simulated worker: each does what its plan says, and what it was told is kept.

import type { ReportSeen } from '@perdure/model';
import { applicationFailure, jsonPayloads, readPayloads } from '@perdure/testing/golden';
import type { RpcRequestInit, RpcResponse } from '@perdure/wire';
import { type ActivityPlan, listedType } from './program/activity-plan.ts';
import { duration } from './program/duration.ts';
import { inUs } from './server-time.ts';
import { outcomeOf } from './verdict.ts';
import { patience, pollUs, type WorkerSetting } from './worker-setting.ts';

export type ActivityTask = RpcResponse<'PollActivityTaskQueue'>;

type ReportRpc =
  | 'RespondActivityTaskCanceled'
  | 'RespondActivityTaskCompleted'
  | 'RespondActivityTaskFailed';

interface Attempt {
  readonly plan: ActivityPlan;
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
  readonly about: {
    readonly namespace: string;
    readonly taskToken: Uint8Array;
    readonly identity: string;
  };
}

export class ActivityTasks {
  readonly #setting: WorkerSetting;
  readonly #identity: string;
  /** Reports so far. */
  #reports = 0;

  /** `identity`: as whom it speaks. */
  constructor(setting: WorkerSetting, identity: string) {
    this.#setting = setting;
    this.#identity = identity;
  }

  /** Asks for one task, and does it if one comes. `side`: of the queue beside. Rejects with CallFailed. */
  async pollOnce(side: boolean): Promise<void> {
    const { caller, namespace, queue } = this.#setting;
    const taskQueue = { name: side ? `${queue}-side` : queue };
    const request = {
      namespace,
      taskQueue,
      identity: this.#identity,
      ...(side && { taskQueueMetadata: { maxTasksPerSecond: { value: 20 } } }),
    };
    const task = await caller.call('PollActivityTaskQueue', request, pollUs);
    if (task.taskToken.length > 0) await this.perform(task);
  }

  /** Does a task. Rejects with CallFailed. */
  async perform(task: ActivityTask): Promise<void> {
    const { caller, chance, namespace, ledger } = this.#setting;
    const identity = this.#identity;
    const { activityId, attempt, taskToken } = task;
    const runId = task.workflowExecution?.runId ?? '';
    const [plan] = readPayloads(task.input) as [ActivityPlan];
    const [heartbeat = null] = readPayloads(task.heartbeatDetails) as number[];
    const seen = { runId, activityId, attempt, worker: identity };
    const dueUs = inUs(task.currentAttemptScheduledTime);
    const startedUs = inUs(task.startedTime);
    const silent = attempt <= (plan.silent ?? 0);
    const manner = { once: plan.once, silent };
    ledger.attempts.push({
      ...seen,
      ...manner,
      timeUs: caller.nowUs,
      heartbeat,
      dueUs,
      startedUs,
    });
    const about = { namespace, taskToken, identity };
    const own = { plan, runId, activityId, attempt, about };
    if (silent) {
      this.#setting.sightings.seen('attempt fell silent');
      return;
    }
    const stopped = await this.#beat(own);
    if (plan.elsewhere === true || !(await patience(this.#setting))) return;
    const { answersTwice } = this.#setting.habits;
    const report = (): Promise<void> => (stopped ? this.#cancel(own) : this.#end(own));
    await report();
    if (chance.happens(answersTwice)) await report();
  }

  /** True when it was told to stop, and does. */
  async #beat({ plan, runId, activityId, attempt, about }: Attempt): Promise<boolean> {
    const { caller, chance, ledger } = this.#setting;
    for (let beat = 0; beat < plan.beats; beat++) {
      await caller.sleep(chance.between(1_000, 2_000_000));
      const value = attempt * 100 + beat;
      const details = jsonPayloads(value);
      const beganUs = caller.nowUs;
      const answer = await caller.call('RecordActivityTaskHeartbeat', { ...about, details });
      const { cancelRequested } = answer;
      ledger.heartbeats.push({ runId, activityId, attempt, value, beganUs, cancelRequested });
      if (cancelRequested) this.#setting.sightings.seen('told to stop');
      if (cancelRequested && plan.untilCancelled === true) return true;
    }
    return false;
  }

  #report(attempt: Attempt, how: ReportSeen['how'], more: Partial<ReportSeen> = {}): ReportSeen {
    const { runId, activityId, about } = attempt;
    this.#reports += 1;
    const report: ReportSeen = {
      runId,
      activityId,
      attempt: attempt.attempt,
      worker: about.identity,
      how,
      mark: `${about.identity} report ${this.#reports}`,
      final: false,
      retryDelayUs: null,
      verdict: 'unknown',
      endedUs: Number.POSITIVE_INFINITY,
      ...more,
    };
    this.#setting.ledger.reports.push(report);
    return report;
  }

  async #cancel(attempt: Attempt): Promise<void> {
    const report = this.#report(attempt, 'canceled');
    const request = { ...attempt.about, details: jsonPayloads(report.mark) };
    await this.#decide(report, 'RespondActivityTaskCanceled', request);
  }

  async #end(attempt: Attempt): Promise<void> {
    const { plan, about } = attempt;
    if (attempt.attempt > plan.failures + (plan.silent ?? 0)) {
      const report = this.#report(attempt, 'completed');
      const request = { ...about, result: jsonPayloads(report.mark) };
      await this.#decide(report, 'RespondActivityTaskCompleted', request);
      return;
    }
    const { error = 'retried', delayMs } = plan;
    const report = this.#report(attempt, 'failed', {
      final: error !== 'retried',
      retryDelayUs: delayMs === undefined ? null : delayMs * 1_000,
    });
    const failure = applicationFailure(report.mark, {
      type: error === 'listed' ? listedType : 'Planned',
      nonRetryable: error === 'final',
      ...(delayMs !== undefined && { nextRetryDelay: duration(delayMs) }),
    });
    await this.#decide(report, 'RespondActivityTaskFailed', { ...about, failure });
  }

  async #decide<R extends ReportRpc>(
    report: ReportSeen,
    rpc: R,
    request: RpcRequestInit<R>,
  ): Promise<void> {
    const { caller, sightings } = this.#setting;
    const { verdict } = await outcomeOf(caller, rpc, request);
    Object.assign(report, { verdict, endedUs: caller.nowUs });
    if (report.how === 'completed') sightings.seen(`result ${verdict}`);
    else if (report.how === 'failed') sightings.seen(`failure ${verdict}`);
    else if (verdict !== 'unknown') sightings.seen(`cancellation ${verdict}`);
  }
}
