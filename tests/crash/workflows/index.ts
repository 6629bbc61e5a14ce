// The workflows of the crash tests: everything they await is lost and found again many times.

import {
  condition,
  defineSignal,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';

export const markSignal = defineSignal<[string]>('mark');

export interface JourneyPlan {
  /** One round for each: how long it sleeps. */
  readonly sleepsMs: readonly number[];
  readonly marks: number;
  /** Task queue of the activities that the test itself answers. */
  readonly answeredQueue: string;
}

export interface JourneyResult {
  readonly stamps: string[];
  readonly answers: string[];
  readonly marks: string[];
}

const options = {
  startToCloseTimeout: '5s',
  retry: { initialInterval: '100ms', maximumInterval: '500ms' },
} as const;

interface Activities {
  stamp(round: number): Promise<string>;
  answer(round: number): Promise<string>;
}

/** In each round an activity of the worker, one of the test and a timer; in the end as many signals as planned. */
export async function journey(plan: JourneyPlan): Promise<JourneyResult> {
  const marks: string[] = [];
  setHandler(markSignal, (mark) => {
    marks.push(mark);
  });
  const { stamp } = proxyActivities<Activities>(options);
  const { answer } = proxyActivities<Activities>({ ...options, taskQueue: plan.answeredQueue });
  const stamps: string[] = [];
  const answers: string[] = [];
  for (const [round, sleepMs] of plan.sleepsMs.entries()) {
    stamps.push(await stamp(round));
    answers.push(await answer(round));
    await sleep(sleepMs);
  }
  await condition(() => marks.length >= plan.marks);
  return { stamps, answers, marks };
}

/** Schedules all its activities at once, for a queue where nobody works yet. */
export async function backlog(taskQueue: string, count: number): Promise<string[]> {
  const { stamp } = proxyActivities<Activities>({
    ...options,
    taskQueue,
    startToCloseTimeout: '60s',
  });
  return await Promise.all(Array.from({ length: count }, (_, index) => stamp(index)));
}

export async function alarm(milliseconds: number): Promise<string> {
  await sleep(milliseconds);
  return workflowInfo().workflowId;
}
