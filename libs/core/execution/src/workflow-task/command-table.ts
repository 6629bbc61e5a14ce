// The commands this server carries out, and what is wrong with a list of them before any is (wire-contract 2.1).

import { type Command, CommandType } from '@perdure/wire';
import { requestCancelActivity } from '../activity/cancel-command.ts';
import { scheduleActivity } from '../activity/schedule-command.ts';
import { cancelWorkflow, completeWorkflow, failWorkflow } from '../close/commands.ts';
import { cancelTimer, startTimer } from '../timer/commands.ts';
import type { CommandHandler } from './command.ts';

export const commandHandlers: Readonly<Record<number, CommandHandler>> = {
  [CommandType.ScheduleActivityTask]: scheduleActivity,
  [CommandType.RequestCancelActivityTask]: requestCancelActivity,
  [CommandType.StartTimer]: startTimer,
  [CommandType.CancelTimer]: cancelTimer,
  [CommandType.CompleteWorkflowExecution]: completeWorkflow,
  [CommandType.FailWorkflowExecution]: failWorkflow,
  [CommandType.CancelWorkflowExecution]: cancelWorkflow,
};

const closing: ReadonlySet<number> = new Set([
  CommandType.CompleteWorkflowExecution,
  CommandType.FailWorkflowExecution,
  CommandType.CancelWorkflowExecution,
  CommandType.ContinueAsNewWorkflowExecution,
]);

/** Why none of the commands can be carried out; null: each may be tried. */
export function structureProblem(commands: readonly Command[]): string | null {
  for (const [index, { commandType }] of commands.entries()) {
    if (commandHandlers[commandType] === undefined) {
      return `Unknown or not yet supported command type ${commandType} at position ${index}.`;
    }
    if (closing.has(commandType) && index < commands.length - 1) {
      return 'Commands after a closing command: a command that closes the workflow must be the last one.';
    }
  }
  return null;
}
