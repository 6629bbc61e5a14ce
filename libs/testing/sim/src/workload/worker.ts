// A simulated worker: some loops that poll, for workflow tasks and for activities.

import { CallFailed } from '../network.ts';
import { ActivityTasks } from './activity-tasks.ts';
import type { WorkerSetting } from './worker-setting.ts';
import { WorkflowTasks } from './workflow-tasks.ts';

/** What a worker is told now and then: the run or the task is gone, the server is. */
const expected = new Set([
  'NOT_FOUND',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'INVALID_ARGUMENT',
  // Frozen for long, the server comes to a poll that has no time left.
  'FAILED_PRECONDITION',
]);

export function beginWorker(setting: WorkerSetting): void {
  const workflowTasks = new WorkflowTasks(setting);
  const activityTasks = new ActivityTasks(setting);
  for (let loop = 0; loop < 4; loop++) {
    setting.caller.goOn(again(setting, () => workflowTasks.pollOnce(loop % 2 === 0)));
    setting.caller.goOn(again(setting, () => activityTasks.pollOnce()));
  }
}

async function again({ caller, chance }: WorkerSetting, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await work();
    } catch (fault) {
      if (!(fault instanceof CallFailed) || !expected.has(fault.code)) throw fault;
      await caller.sleep(chance.between(50_000, 500_000));
    }
  }
}
