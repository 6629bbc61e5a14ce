// A simulated worker: some loops that poll, for workflow tasks and for activities.

import { CallFailed } from '../flight.ts';
import { ActivityTasks } from './activity-tasks.ts';
import type { WorkerSetting } from './worker-setting.ts';
import { WorkflowTasks } from './workflow-tasks.ts';

/** What a worker is told now and then: the run or the task is gone, the server is. */
const expected = new Set([
  'NOT_FOUND',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  // Frozen for long, the server comes to a poll that has no time left.
  'FAILED_PRECONDITION',
]);

export interface Worker {
  /** Asks for no more tasks; what it has it ends. */
  stop(): void;
  /** The queue that only it polls. */
  readonly stickyQueue: string;
}

export function beginWorker(setting: WorkerSetting): Worker {
  let polls = true;
  const again = async (work: () => Promise<void>): Promise<void> => {
    while (polls) await tolerant(setting, work);
  };
  const { name } = setting.caller.host;
  const activityTasks = new ActivityTasks(setting, name);
  const workflowTasks = new WorkflowTasks(setting, name, (task) => {
    setting.caller.goOn(tolerant(setting, () => activityTasks.perform(task)));
  });
  for (let loop = 0; loop < 4; loop++) {
    setting.caller.goOn(again(() => workflowTasks.pollOnce(loop % 2 === 0)));
    setting.caller.goOn(again(() => activityTasks.pollOnce(loop === 3)));
  }
  const stop = (): void => {
    polls = false;
  };
  return { stop, stickyQueue: workflowTasks.stickyQueue };
}

async function tolerant(
  { caller, chance }: WorkerSetting,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (fault) {
    if (!(fault instanceof CallFailed) || !expected.has(fault.code)) throw fault;
    await caller.sleep(chance.between(50_000, 500_000));
  }
}
