// The commands this server carries out, and what is wrong with a list of them before any is (wire-contract 2.1).

import { type Command, CommandType, WorkflowTaskFailedCause } from '@perdure/wire';
import { requestCancelActivity } from '../activity/cancel-command.ts';
import { scheduleActivity } from '../activity/schedule-command.ts';
import { cancelWorkflow, completeWorkflow, failWorkflow } from '../close/commands.ts';
import { continueAsNew } from '../close/continue-as-new.ts';
import { recordMarker } from '../marker/record-command.ts';
import { modifyProperties } from '../properties/modify-command.ts';
import { upsertSearchAttributes } from '../properties/upsert-command.ts';
import { cancelTimer, startTimer } from '../timer/commands.ts';
import type { CommandHandler } from './command.ts';

/** A command of a later version: its task fails and the history says why, in place of a workflow that just hangs. */
const notYet =
  (name: keyof typeof CommandType): CommandHandler =>
  () => ({
    cause: WorkflowTaskFailedCause.FeatureDisabled,
    detail: `the command ${name} is not supported by this server version.`,
  });

const later = [
  'RequestCancelExternalWorkflowExecution',
  'StartChildWorkflowExecution',
  'SignalExternalWorkflowExecution',
  'ProtocolMessage',
  'ScheduleNexusOperation',
  'RequestCancelNexusOperation',
] as const;

export const commandHandlers: Readonly<Record<number, CommandHandler>> = {
  ...Object.fromEntries(later.map((name) => [CommandType[name], notYet(name)])),
  [CommandType.ScheduleActivityTask]: scheduleActivity,
  [CommandType.RequestCancelActivityTask]: requestCancelActivity,
  [CommandType.RecordMarker]: recordMarker,
  [CommandType.StartTimer]: startTimer,
  [CommandType.CancelTimer]: cancelTimer,
  [CommandType.UpsertWorkflowSearchAttributes]: upsertSearchAttributes,
  [CommandType.ModifyWorkflowProperties]: modifyProperties,
  [CommandType.CompleteWorkflowExecution]: completeWorkflow,
  [CommandType.FailWorkflowExecution]: failWorkflow,
  [CommandType.CancelWorkflowExecution]: cancelWorkflow,
  [CommandType.ContinueAsNewWorkflowExecution]: continueAsNew,
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
      return `Unknown command type ${commandType} at position ${index}.`;
    }
    if (closing.has(commandType) && index < commands.length - 1) {
      return 'Commands after a closing command: a command that closes the workflow must be the last one.';
    }
  }
  return null;
}
