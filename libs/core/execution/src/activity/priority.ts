// Priorities of activities: checked, and filled in from the workflow's (wire-contract 0.2).

import { utf8Length } from '@perdure/kernel';
import { type Priority, priorityCodec } from '@perdure/wire';

const fairnessKeyBytesMax = 64;

/** What is wrong with a priority as a command gave it; null: nothing. */
export function priorityProblem(priority: Priority): string | null {
  if (priority.priorityKey < 0) return "priority key can't be negative";
  if (utf8Length(priority.fairnessKey) > fairnessKeyBytesMax) {
    return 'fairness key length exceeds limit';
  }
  return priority.fairnessWeight < 0 ? 'fairness weight must be greater than zero' : null;
}

/** The priority by which an activity's task is offered, encoded: each field that it leaves open is the workflow's. */
export function effectivePriority(ofWorkflow: Uint8Array, own: Priority | null): Uint8Array {
  if (own === null) return ofWorkflow;
  const base = priorityCodec.decode(ofWorkflow);
  return priorityCodec.encode({
    priorityKey: own.priorityKey || base.priorityKey,
    fairnessKey: own.fairnessKey || base.fairnessKey,
    fairnessWeight: own.fairnessWeight || base.fairnessWeight,
  });
}
