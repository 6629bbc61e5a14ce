// The time between the start of a run and its first workflow task: a start delay, the back-off of a retry, or the least
// time between two runs of a chain (wire-contract 3.1).

import type { Draft } from '../draft.ts';
import { scheduleWorkflowTask } from '../workflow-task/schedule.ts';

/** The first workflow task is scheduled now, whatever was left of the time before it. */
export function endBackoff(draft: Draft): void {
  draft.progress.firstTaskAtUs = 0;
  scheduleWorkflowTask(draft);
}
