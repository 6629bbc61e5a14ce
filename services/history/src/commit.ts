// Commits a decision and resolves when it, or the head it rests on, is durable (W3, W4).

import type { Decision, Transition } from '@perdure/core-execution';
import { RejectionError } from '@perdure/kernel';
import type { Change } from './owner/change.ts';
import type { Owner } from './owner/owner.ts';
import { unavailable } from './owner/refusals.ts';
import type { RunHandle } from './owner/run-handle.ts';
import type { WorkflowEntry } from './owner/workflow-entry.ts';

/** Commits what was decided together; resolves when durable. */
export function commitTogether(owner: Owner, changes: readonly Change[]): Promise<void> {
  return new Promise((resolve, rejectWith) => {
    owner.commit(changes, {
      durable: resolve,
      failed: (fault) => rejectWith(unavailable(fault)),
    });
  });
}

/** As `commitTogether` for one run; without a transition it resolves when the head is durable. */
export function commitDurably(
  owner: Owner,
  handle: RunHandle,
  entry: WorkflowEntry | null,
  transition: Transition | null,
): Promise<void> {
  return transition === null
    ? owner.afterHead()
    : commitTogether(owner, [{ handle, entry, transition }]);
}

/** Carries out a decision: its value when it is durable, its rejection, also durable, when it has one (W4). */
export async function carryOut<T>(
  owner: Owner,
  handle: RunHandle,
  entry: WorkflowEntry | null,
  decision: Decision<T>,
): Promise<T> {
  const transition = decision.ok ? decision.transition : (decision.transition ?? null);
  await commitDurably(owner, handle, entry, transition);
  if (!decision.ok) throw new RejectionError(decision.rejection);
  return decision.value;
}
