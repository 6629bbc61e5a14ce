// What is committed: one transition of one run, with others decided in the same turn (W6).

import type { Transition } from '@perdure/core-execution';
import { assert } from '@perdure/kernel';
import type { Owner } from './owner.ts';
import type { RunHandle } from './run-handle.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** `entry`: the workflow id, if the transition changes anything for it. */
export interface Change {
  readonly handle: RunHandle;
  readonly entry: WorkflowEntry | null;
  readonly transition: Transition;
}

/** Someone who is answered when a commit is durable. */
export interface CommitWaiter {
  durable(): void;
  failed(fault: Error): void;
}

/** Where a run of a chain closes, the next one begins: both are durable or none. */
export function withSuccessors(owner: Owner, changes: readonly Change[]): readonly Change[] {
  if (changes.every(({ transition }) => transition.successor === null)) return changes;
  return changes.flatMap((change) => {
    const { successor } = change.transition;
    if (successor === null) return [change];
    const entry = owner.workflowOf(change.handle);
    assert(entry !== undefined, 'a chain goes on while its workflow id is in memory');
    const handle = owner.begin(successor.state);
    return [change, { handle, entry, transition: successor.transition }];
  });
}

/** True if the transition goes on in a next run, which cannot be committed before the workflow id is in memory. */
export function lacksWorkflow(
  owner: Owner,
  handle: RunHandle,
  transition: Transition | null,
): boolean {
  return (transition?.successor ?? null) !== null && owner.workflowOf(handle) === undefined;
}
