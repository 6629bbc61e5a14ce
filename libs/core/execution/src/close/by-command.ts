// What all commands that close a run have in common.

import { WorkflowTaskFailedCause } from '@perdure/wire';
import type { EventAttributes } from '../draft.ts';
import { type BadCommand, type CommandContext, passedOn } from '../workflow-task/command.ts';

/** Something waits that the code has not seen: it gets to see it first. */
export const unhandled: BadCommand = {
  cause: WorkflowTaskFailedCause.UnhandledCommand,
  detail: '',
};

export function closeByCommand(
  { draft, command, completedEventId }: CommandContext,
  status: number,
  eventType: number,
  attributes: EventAttributes,
): void {
  draft.append(eventType, { ...attributes, ...passedOn(command) });
  draft.close(status, completedEventId);
}
