// The commands of a scripted worker, each with the least that is valid, decoded as they arrive.

import { utf8Bytes } from '@perdure/kernel';
import {
  type Command,
  CommandType,
  failureCodec,
  type RpcRequestInit,
  rpcCodec,
} from '@perdure/wire';

export type CommandInit = NonNullable<
  RpcRequestInit<'RespondWorkflowTaskCompleted'>['commands']
>[number];
type Attributes<K extends keyof CommandInit> = NonNullable<CommandInit[K]>;

const codec = rpcCodec('RespondWorkflowTaskCompleted').request;

/** The commands as the server gets them. */
export function received(commands: readonly CommandInit[]): Command[] {
  return codec.decode(codec.encode({ commands })).commands;
}

/** User data of tests: text. */
export const data = (text: string): Uint8Array => utf8Bytes(text);

export function applicationFailure(
  message: string,
  info: NonNullable<Parameters<typeof failureCodec.encode>[0]['applicationFailureInfo']> = {},
): Uint8Array {
  return failureCodec.encode({ message, applicationFailureInfo: { type: 'Test', ...info } });
}

export function scheduleActivity(
  activityId: string,
  attributes: Attributes<'scheduleActivityTaskCommandAttributes'> = {},
): CommandInit {
  return {
    commandType: CommandType.ScheduleActivityTask,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'act' },
      taskQueue: { name: 'queue' },
      startToCloseTimeout: { seconds: 20 },
      ...attributes,
    },
  };
}

export function requestCancelActivity(scheduledEventId: number): CommandInit {
  return {
    commandType: CommandType.RequestCancelActivityTask,
    requestCancelActivityTaskCommandAttributes: { scheduledEventId },
  };
}

export function startTimer(timerId: string, seconds: number): CommandInit {
  return {
    commandType: CommandType.StartTimer,
    startTimerCommandAttributes: { timerId, startToFireTimeout: { seconds } },
  };
}

export function cancelTimer(timerId: string): CommandInit {
  return {
    commandType: CommandType.CancelTimer,
    cancelTimerCommandAttributes: { timerId },
  };
}

export function recordMarker(
  markerName: string,
  attributes: Attributes<'recordMarkerCommandAttributes'> = {},
): CommandInit {
  return {
    commandType: CommandType.RecordMarker,
    recordMarkerCommandAttributes: { markerName, ...attributes },
  };
}

export function completeWorkflow(result?: string): CommandInit {
  return {
    commandType: CommandType.CompleteWorkflowExecution,
    completeWorkflowExecutionCommandAttributes:
      result === undefined ? {} : { result: data(result) },
  };
}

export function failWorkflow(message: string): CommandInit {
  return {
    commandType: CommandType.FailWorkflowExecution,
    failWorkflowExecutionCommandAttributes: { failure: applicationFailure(message) },
  };
}

export function continueAsNew(
  attributes: Attributes<'continueAsNewWorkflowExecutionCommandAttributes'> = {},
): CommandInit {
  return {
    commandType: CommandType.ContinueAsNewWorkflowExecution,
    continueAsNewWorkflowExecutionCommandAttributes: attributes,
  };
}

export function cancelWorkflow(details?: string): CommandInit {
  return {
    commandType: CommandType.CancelWorkflowExecution,
    cancelWorkflowExecutionCommandAttributes:
      details === undefined ? {} : { details: data(details) },
  };
}
