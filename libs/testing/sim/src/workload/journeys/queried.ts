// A run that is asked how many signals it has seen, while they come, when it has ended, and in the middle of whatever goes
// wrong.

import { readPayloads } from '@perdure/testing/golden';
import { QueryRejectCondition, WorkflowExecutionStatus } from '@perdure/wire';
import { CallFailed } from '../../flight.ts';
import { signal, start } from '../acts.ts';
import type { Journey, Stage } from '../journey.ts';
import { randomProgram } from '../program/program.ts';
import type { SignalsStep } from '../program/steps/signals.ts';

/** What a query may come to when the server, its workers or the network are not well. */
const clean = new Set([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  // No worker for long, no first task yet, or a workflow task that keeps failing.
  'FAILED_PRECONDITION',
]);

export const queried: Journey = {
  name: 'queried',
  weight: 3,
  travel: async (stage) => {
    const { chance, caller } = stage;
    const total = 1 + chance.below(6);
    const own: SignalsStep = { kind: 'signals', total };
    const runId = await start(stage, randomProgram(chance, [own]));
    const asking = async (): Promise<void> => {
      for (let count = 0; count < 3 + total; count++) {
        await caller.sleep(chance.between(0, 3e6));
        await ask(stage, chance.happens(0.5) ? runId : '');
      }
    };
    const signaling = async (): Promise<void> => {
      for (let count = 0; count < total; count++) {
        await caller.sleep(chance.between(0, 4e6));
        await signal(stage, `signal-${count}`);
      }
    };
    await Promise.all([asking(), signaling()]);
    if (!(await ended(stage, runId))) return;
    await ask(stage, runId);
    stage.sightings.seen('query of closed run');
  },
};

async function ask(stage: Stage, runId: string): Promise<void> {
  const { caller, chance, ledger, namespace, sightings, workflowId } = stage;
  const beganUs = caller.nowUs;
  const request = {
    namespace,
    execution: { workflowId, runId },
    query: { queryType: 'signals' },
    queryRejectCondition: chance.happens(0.2) ? QueryRejectCondition.NotOpen : 0,
  };
  try {
    const answer = await caller.call('QueryWorkflow', request, 8_000_000);
    const endedUs = caller.nowUs;
    if (answer.queryRejected !== null) {
      ledger.rejectedQueries.push({ workflowId, status: answer.queryRejected.status });
      sightings.seen('query rejected by condition');
      return;
    }
    const [seen] = readPayloads(answer.queryResult) as [number];
    ledger.queries.push({ workflowId, runId, answer: seen, beganUs, endedUs });
  } catch (fault) {
    if (!(fault instanceof CallFailed) || !clean.has(fault.code)) throw fault;
    sightings.seen('query refused');
  }
}

/** Waits for the end of the run, but not for ever. */
async function ended({ caller, namespace, workflowId }: Stage, runId: string): Promise<boolean> {
  const request = { namespace, execution: { workflowId, runId } };
  for (let count = 0; count < 20; count++) {
    const { workflowExecutionInfo: info } = await caller.insist(
      'DescribeWorkflowExecution',
      request,
    );
    if (info !== null && info.status !== WorkflowExecutionStatus.Running) return true;
    await caller.sleep(2_000_000);
  }
  return false;
}
