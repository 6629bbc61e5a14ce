// The workflows of the crash tests: everything they await is lost and found again many times.

import {
  ApplicationFailure,
  condition,
  continueAsNew,
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

/** Fails twice, then goes on in as many runs as are left. */
export async function relay(left: number): Promise<string> {
  const { attempt, continuedFromExecutionRunId } = workflowInfo();
  if (attempt < 3 && continuedFromExecutionRunId === undefined) throw notYet(attempt);
  if (attempt === 2) throw notYet(attempt);
  if (left > 0) await continueAsNew<typeof relay>(left - 1);
  return 'arrived';
}

function notYet(attempt: number): ApplicationFailure {
  return ApplicationFailure.create({ message: `attempt ${attempt}`, type: 'NotYet' });
}
