// Several clients start one workflow id, with different policies and request ids, at once and one after the other; some also
// signal it. Some die before they know what came of it.

import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/wire';
import { signalWithStart, startRequest, tryStart } from '../acts.ts';
import type { Caller } from '../caller.ts';
import type { Journey, Stage } from '../journey.ts';
import { type Program, randomProgram } from '../program/program.ts';

const { AllowDuplicate, AllowDuplicateFailedOnly, RejectDuplicate } = WorkflowIdReusePolicy;
const { Fail, TerminateExisting, UseExisting } = WorkflowIdConflictPolicy;

export const contested: Journey = {
  name: 'contested',
  weight: 2,
  travel: async (stage) => {
    const { chance, caller } = stage;
    const rounds = 1 + chance.below(4);
    let count = 0;
    for (let round = 0; round < rounds; round++) {
      const asking = Array.from({ length: 1 + chance.below(3) }, () =>
        once(stage, chance.pick(stage.callers), `signal-${count++}`),
      );
      await Promise.all(asking);
      await caller.sleep(chance.between(0, 12e6));
    }
  },
};

async function once(stage: Stage, caller: Caller, name: string): Promise<void> {
  const { chance, looks, reached, workflowId } = stage;
  const program: Program = { ...randomProgram(chance), heedsCancel: true };
  const tries = chance.happens(0.15) ? 1 : Number.POSITIVE_INFINITY;
  const conflict = chance.pick([Fail, Fail, UseExisting, TerminateExisting]);
  const all = [AllowDuplicate, AllowDuplicateFailedOnly, RejectDuplicate];
  const reuse = chance.pick(conflict === TerminateExisting ? all.slice(0, 2) : all);
  const policies = { workflowIdReusePolicy: reuse, workflowIdConflictPolicy: conflict };
  await caller.sleep(chance.happens(0.5) ? 0 : chance.between(0, 1e6));
  if (conflict !== Fail && chance.happens(0.4)) {
    const { outcome } = await signalWithStart(stage, program, name, {
      caller,
      tries,
      more: policies,
    });
    reached(`signal with start ${outcome}`);
    return;
  }
  const request = { ...startRequest(stage, program), ...policies };
  const { outcome, toldRunId } = await tryStart(stage, request, { caller, tries });
  reached(`start ${outcome}`);
  if (toldRunId !== '' && chance.happens(0.3)) await looks.look(workflowId, toldRunId);
}
