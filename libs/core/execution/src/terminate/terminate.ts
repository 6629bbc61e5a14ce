// TerminateWorkflowExecution: the run closes at once, whatever it was doing.

import { type Termination, terminateRun } from '../close/by-server.ts';
import { alreadyCompleted, type Decision, decided, refused } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Moment } from '../limits.ts';
import { type ExecutionState, isRunning } from '../state.ts';

export interface TerminateInput extends Termination, Moment {}

export function terminate(state: ExecutionState, input: TerminateInput): Decision<null> {
  if (!isRunning(state)) return refused(alreadyCompleted);
  const draft = new Draft(state, input);
  terminateRun(draft, input);
  return decided(draft, null);
}
