// The commands a scripted worker sends, each with the least that is valid.

import type { RpcRequestInit } from '@perdure/wire';
import { enumValue } from './event-table.ts';
import { applicationFailure, jsonPayloads, memoOf } from './payload.ts';

export type CommandInit = NonNullable<
  NonNullable<RpcRequestInit<'RespondWorkflowTaskCompleted'>['commands']>[number]
>;
type Attributes<K extends keyof CommandInit> = NonNullable<CommandInit[K]>;

const type = (member: string): number => enumValue('COMMAND_TYPE', member);

export function scheduleActivity(
  taskQueue: string,
  activityId: string,
  attributes: Attributes<'scheduleActivityTaskCommandAttributes'> = {},
): CommandInit {
  return {
    commandType: type('SCHEDULE_ACTIVITY_TASK'),
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'golden-activity' },
      taskQueue: { name: taskQueue },
      startToCloseTimeout: { seconds: 20 },
      ...attributes,
    },
  };
}

export function requestCancelActivity(scheduledEventId: number): CommandInit {
  return {
    commandType: type('REQUEST_CANCEL_ACTIVITY_TASK'),
    requestCancelActivityTaskCommandAttributes: { scheduledEventId },
  };
}

export function startTimer(timerId: string, milliseconds: number): CommandInit {
  const seconds = Math.floor(milliseconds / 1000);
  return {
    commandType: type('START_TIMER'),
    startTimerCommandAttributes: {
      timerId,
      startToFireTimeout: { seconds, nanos: (milliseconds - seconds * 1000) * 1e6 },
    },
  };
}

export function cancelTimer(timerId: string): CommandInit {
  return { commandType: type('CANCEL_TIMER'), cancelTimerCommandAttributes: { timerId } };
}

export function recordMarker(
  markerName: string,
  attributes: Attributes<'recordMarkerCommandAttributes'> = {},
): CommandInit {
  return {
    commandType: type('RECORD_MARKER'),
    recordMarkerCommandAttributes: { markerName, ...attributes },
  };
}

export function upsertSearchAttributes(
  indexedFields: Readonly<Record<string, Uint8Array>>,
): CommandInit {
  return {
    commandType: type('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'),
    upsertWorkflowSearchAttributesCommandAttributes: { searchAttributes: { indexedFields } },
  };
}

export function modifyMemo(fields: Readonly<Record<string, Uint8Array>>): CommandInit {
  return {
    commandType: type('MODIFY_WORKFLOW_PROPERTIES'),
    modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: memoOf(fields) },
  };
}

export function completeWorkflow(...result: readonly unknown[]): CommandInit {
  return {
    commandType: type('COMPLETE_WORKFLOW_EXECUTION'),
    completeWorkflowExecutionCommandAttributes:
      result.length === 0 ? {} : { result: jsonPayloads(...result) },
  };
}

export function failWorkflow(
  message: string,
  failure: Uint8Array = applicationFailure(message),
): CommandInit {
  return {
    commandType: type('FAIL_WORKFLOW_EXECUTION'),
    failWorkflowExecutionCommandAttributes: { failure },
  };
}

export function continueAsNew(
  attributes: Attributes<'continueAsNewWorkflowExecutionCommandAttributes'> = {},
): CommandInit {
  return {
    commandType: type('CONTINUE_AS_NEW_WORKFLOW_EXECUTION'),
    continueAsNewWorkflowExecutionCommandAttributes: attributes,
  };
}

export function cancelWorkflow(): CommandInit {
  return {
    commandType: type('CANCEL_WORKFLOW_EXECUTION'),
    cancelWorkflowExecutionCommandAttributes: {},
  };
}

/** A command of a type with attributes as given, valid or not. */
export function rawCommand(member: string, attributes: CommandInit = {}): CommandInit {
  return { commandType: type(member), ...attributes };
}
