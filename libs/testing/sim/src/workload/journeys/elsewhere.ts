// A run with an activity that its worker leaves to somebody who knows its id: it is kept alive, failed, completed from there.

import type { ReportSeen } from '@perdure/model';
import { applicationFailure, jsonPayloads } from '@perdure/testing/golden';
import { start } from '../acts.ts';
import type { Journey, Stage } from '../journey.ts';
import { randomProgram } from '../program/program.ts';
import { elsewhereId } from '../program/steps/elsewhere.ts';
import { outcomeOf } from '../verdict.ts';

/** It ends by its time-outs when nobody says a word for so many looks. */
const triesMax = 25;

export const elsewhere: Journey = {
  name: 'elsewhere',
  weight: 2,
  travel: async (stage) => {
    const { caller, chance, sightings } = stage;
    const program = randomProgram(chance, [{ kind: 'elsewhere' }]);
    const runId = await start(stage, program);
    const activityId = elsewhereId(program.steps.findIndex(({ kind }) => kind === 'elsewhere'));
    for (let count = 0; count < triesMax; count++) {
      await caller.sleep(chance.between(100_000, 3e6));
      if (chance.happens(0.4)) {
        await beat(stage, runId, activityId);
        continue;
      }
      const how = chance.pick(['completed', 'completed', 'failed', 'canceled'] as const);
      const report = await say(stage, { runId, activityId, how, mark: `${runId} ${count}` });
      if (report.verdict !== 'taken') continue;
      sightings.seen('reported by id');
      if (how !== 'failed') return;
    }
  },
};

async function beat(stage: Stage, runId: string, activityId: string): Promise<void> {
  const { caller, namespace, sightings, workflowId } = stage;
  const request = { namespace, workflowId, runId, activityId, identity: 'elsewhere' };
  const { verdict } = await outcomeOf(caller, 'RecordActivityTaskHeartbeatById', request);
  if (verdict === 'taken') sightings.seen('heartbeat by id');
}

async function say(
  { caller, ledger, namespace, workflowId }: Stage,
  said: Pick<ReportSeen, 'runId' | 'activityId' | 'how' | 'mark'>,
): Promise<ReportSeen> {
  const { runId, activityId, how, mark } = said;
  const report: ReportSeen = {
    ...said,
    attempt: 0,
    worker: 'elsewhere',
    final: false,
    retryDelayUs: null,
    verdict: 'unknown',
    endedUs: Number.POSITIVE_INFINITY,
  };
  ledger.reports.push(report);
  const about = { namespace, workflowId, runId, activityId, identity: 'elsewhere' };
  const details = jsonPayloads(mark);
  const outcome = await {
    completed: () =>
      outcomeOf(caller, 'RespondActivityTaskCompletedById', { ...about, result: details }),
    failed: () =>
      outcomeOf(caller, 'RespondActivityTaskFailedById', {
        ...about,
        failure: applicationFailure(mark),
      }),
    canceled: () => outcomeOf(caller, 'RespondActivityTaskCanceledById', { ...about, details }),
  }[how]();
  return Object.assign(report, { verdict: outcome.verdict, endedUs: caller.nowUs });
}
