// Golden sequences: a client without an SDK, a run played by hand, and histories as tables.

export {
  type CommandInit,
  cancelTimer,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  modifyMemo,
  rawCommand,
  recordMarker,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
  upsertSearchAttributes,
} from './commands.ts';
export {
  attributesOf,
  enumName,
  enumValue,
  eventTypeName,
  historyRows,
  tableRows,
} from './event-table.ts';
export { closesRun, historyFaults } from './history-faults.ts';
export {
  applicationFailure,
  jsonMemo,
  jsonPayload,
  jsonPayloads,
  memoOf,
  readFailure,
  readMemo,
  readPayload,
  readPayloads,
  typedPayload,
} from './payload.ts';
export { type CallOptions, RawClient } from './raw-client.ts';
export {
  type ActivityTask,
  type CompletedTask,
  type CompleteOptions,
  identity,
  namespace,
  readHistory,
  ScriptedRun,
  type WorkflowTask,
} from './scripted-run.ts';
export { type StatusDetail, statusOf, WireStatus } from './wire-status.ts';
