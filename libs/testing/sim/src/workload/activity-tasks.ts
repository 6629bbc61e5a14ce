// The activities of a simulated worker: each does what its plan says, and what it was told is kept.

import { jsonPayloads, readPayloads } from '@perdure/testing/golden';
import type { ActivityPlan } from './program/activity-plan.ts';
import { answered, patience, pollUs, type WorkerSetting } from './worker-setting.ts';

export class ActivityTasks {
  readonly #setting: WorkerSetting;

  constructor(setting: WorkerSetting) {
    this.#setting = setting;
  }

  /** Asks for one task, and does it if one comes. Rejects with CallFailed. */
  async pollOnce(): Promise<void> {
    const { caller, namespace, queue, ledger } = this.#setting;
    const identity = caller.host.name;
    const request = { namespace, taskQueue: { name: queue }, identity };
    const task = await caller.call('PollActivityTaskQueue', request, pollUs);
    if (task.taskToken.length === 0) return;
    const { activityId, attempt, taskToken } = task;
    const runId = task.workflowExecution?.runId ?? '';
    const [plan] = readPayloads(task.input) as [ActivityPlan];
    const seen = { runId, activityId, attempt, worker: identity };
    const [heartbeat = null] = readPayloads(task.heartbeatDetails) as number[];
    ledger.attempts.push({ ...seen, timeUs: caller.nowUs, once: plan.once, heartbeat });
    const about = { namespace, taskToken, identity };
    await this.#beat(plan, seen, about);
    if (!(await patience(this.#setting))) return;
    await answered(this.#setting, async () => {
      if (attempt <= plan.failures) {
        await caller.insist('RespondActivityTaskFailed', about);
        return;
      }
      await caller.insist('RespondActivityTaskCompleted', about);
      ledger.results.push({ ...seen, seenUs: caller.nowUs });
    });
  }

  async #beat(
    plan: ActivityPlan,
    { runId, activityId, attempt }: { runId: string; activityId: string; attempt: number },
    about: { namespace: string; taskToken: Uint8Array; identity: string },
  ): Promise<void> {
    const { caller, chance, ledger } = this.#setting;
    for (let beat = 0; beat < plan.beats; beat++) {
      await caller.sleep(chance.between(1_000, 2_000_000));
      const value = attempt * 100 + beat;
      const details = jsonPayloads(value);
      const answer = await caller.call('RecordActivityTaskHeartbeat', { ...about, details });
      if (!answer.cancelRequested) ledger.heartbeats.push({ runId, activityId, attempt, value });
    }
  }
}
