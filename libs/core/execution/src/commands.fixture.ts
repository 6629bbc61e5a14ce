// The commands of a scripted worker, each with the least that is valid, decoded as they arrive.

import { utf8Bytes } from '@perdure/kernel';
import {
  type Command,
  CommandType,
  failureCodec,
  IndexedValueType,
  memoCodec,
  publicCodec,
  type RpcRequestInit,
  rpcCodec,
} from '@perdure/wire';

import type { CustomAttributes } from './properties/search-attributes.ts';

export type CommandInit = NonNullable<
  RpcRequestInit<'RespondWorkflowTaskCompleted'>['commands']
>[number];
type Attributes<K extends keyof CommandInit> = NonNullable<CommandInit[K]>;

const payloadCodec = publicCodec<{
  metadata?: Record<string, Uint8Array>;
  data?: Uint8Array;
}>('temporal.api.common.v1.Payload');
const codec = rpcCodec('RespondWorkflowTaskCompleted').request;

/** The commands as the server gets them. */
export function received(commands: readonly CommandInit[]): Command[] {
  return codec.decode(codec.encode({ commands })).commands;
}

/** The custom search attributes of the namespace. */
export const registered: CustomAttributes = new Map(
  Object.entries(IndexedValueType).map(([name, type]) => [`Custom${name}`, type]),
);

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

/** Search attributes by name: JSON values, or payloads as they are. */
export function upsertAttributes(values: Readonly<Record<string, unknown>>): CommandInit {
  const indexedFields = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, payloadOf(value)]),
  );
  return {
    commandType: CommandType.UpsertWorkflowSearchAttributes,
    upsertWorkflowSearchAttributesCommandAttributes: { searchAttributes: { indexedFields } },
  };
}

export function modifyMemo(values: Readonly<Record<string, unknown>>): CommandInit {
  return {
    commandType: CommandType.ModifyWorkflowProperties,
    modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: memoOf(values) },
  };
}

export function memoOf(values: Readonly<Record<string, unknown>>): Uint8Array {
  const fields = Object.entries(values).map(([name, value]) => [name, payloadOf(value)]);
  return memoCodec.encode({ fields: Object.fromEntries(fields) as Record<string, Uint8Array> });
}

/** Undefined stands for nothing at all, as SDKs send it. */
export function payloadOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const encoding = data(value === undefined ? 'binary/null' : 'json/plain');
  return payloadCodec.encode({
    metadata: { encoding },
    ...(value === undefined ? {} : { data: data(JSON.stringify(value)) }),
  });
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
