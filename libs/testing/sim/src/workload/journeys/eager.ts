// A client that is a worker, too: it gets the first workflow task with the answer to its start, and answers to it. Nobody
// polls its sticky queue, so that the next task falls back to the others.

import { ActivityTasks } from '../activity-tasks.ts';
import { noteStart, startRequest } from '../acts.ts';
import type { Journey } from '../journey.ts';
import { randomProgram } from '../program/program.ts';
import { calmHabits } from '../worker-setting.ts';
import { WorkflowTasks } from '../workflow-tasks.ts';

export const eager: Journey = {
  name: 'eager',
  weight: 2,
  travel: async (stage) => {
    const { caller, chance, sightings, workflowId } = stage;
    const setting = { ...stage, habits: { ...calmHabits } };
    const activityTasks = new ActivityTasks(setting, workflowId);
    const workflowTasks = new WorkflowTasks(setting, workflowId, (task) => {
      caller.goOn(activityTasks.perform(task));
    });
    const beganUs = caller.nowUs;
    const request = { ...startRequest(stage, randomProgram(chance)), requestEagerExecution: true };
    const asked = await caller.ask('StartWorkflowExecution', request);
    noteStart(stage, request, asked, { beganUs, endedUs: caller.nowUs });
    const task = asked.kind === 'answered' ? asked.answer.eagerWorkflowTask : null;
    if (task === null || task.taskToken.length === 0) return;
    sightings.seen('task with a start');
    // Now and then it has other things to do, and the task times out.
    if (chance.happens(0.1)) await caller.sleep(6_000_000);
    await workflowTasks.perform(task);
  },
};
