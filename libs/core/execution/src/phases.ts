// The machines of a run as tables: what may follow what. The draft asserts every step; a test walks all of them.

import { WorkflowExecutionStatus } from '@perdure/wire';
import { OutboxPhase } from './message/message.ts';
import { ActivityPhase, TaskPhase } from './state.ts';

/** The phase of what is not there: not yet, or not any more. */
const absent = 0;

type Edges = Readonly<Record<number, readonly number[]>>;

/** A scheduled workflow task stays scheduled when it leaves its sticky queue for the normal one. */
export const workflowTaskEdges = {
  [absent]: [TaskPhase.Scheduled],
  [TaskPhase.Scheduled]: [TaskPhase.Scheduled, TaskPhase.Started, absent],
  [TaskPhase.Started]: [absent],
} satisfies Edges;

/** A started activity stays started when it is heard of, and is scheduled again when its start is undone (D3). */
export const activityEdges = {
  [absent]: [ActivityPhase.Scheduled],
  [ActivityPhase.Scheduled]: [ActivityPhase.Started, absent],
  [ActivityPhase.BackingOff]: [ActivityPhase.Scheduled, absent],
  [ActivityPhase.Started]: [
    ActivityPhase.Started,
    ActivityPhase.Scheduled,
    ActivityPhase.BackingOff,
    absent,
  ],
} satisfies Edges;

/** A message to another run is answered once, and leaves when its key is released (X3). */
export const outboxEdges = {
  [absent]: [OutboxPhase.Unanswered],
  [OutboxPhase.Unanswered]: [OutboxPhase.Releasing],
  [OutboxPhase.Releasing]: [absent],
} satisfies Edges;

/** Status of the run. Nothing follows a closed one. */
export const runEdges = {
  [WorkflowExecutionStatus.Running]: [
    WorkflowExecutionStatus.Completed,
    WorkflowExecutionStatus.Failed,
    WorkflowExecutionStatus.Canceled,
    WorkflowExecutionStatus.Terminated,
    WorkflowExecutionStatus.ContinuedAsNew,
    WorkflowExecutionStatus.TimedOut,
  ],
} satisfies Edges;

export function mayFollow(edges: Edges, from: number | undefined, to: number | undefined): boolean {
  return edges[from ?? absent]?.includes(to ?? absent) ?? false;
}
