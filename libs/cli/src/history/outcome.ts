// How a workflow ended, for people and as JSON.

import { type FullHistoryEvent, fullType, type JsonValue, protoJson } from '@perdure/wire/full';
import { CommandError } from '../command.ts';
import { paintOutcome } from '../render/color.ts';
import type { Output, Row } from '../render/output.ts';
import { failureBlock, payloadsText } from '../render/payload-text.ts';
import { showDuration } from '../render/time.ts';
import { eventTypeName } from './print.ts';
import { historyEventType } from './read.ts';

const utf8 = new TextDecoder();

/** `COMPLETED`, `FAILED`, `CANCELED`, `TERMINATED`, `TIMEOUT` (the official word) or `CONTINUED_AS_NEW`. */
export function outcomeOf(event: FullHistoryEvent): string {
  const words = eventTypeName(event).replace('WorkflowExecution', '');
  if (words === 'TimedOut') return 'TIMEOUT';
  return words.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

export function printOutcome(output: Output, event: FullHistoryEvent, runUs: number): void {
  const completed = event.workflowExecutionCompletedEventAttributes;
  const encoding = completed?.result?.payloads[0]?.metadata['encoding'];
  const rows: Row[] = [
    ['RunTime', runUs > 0 ? showDuration(runUs) : ''],
    ['Status', paintOutcome(outcomeOf(event), output.paint)],
    ['Result', payloadsText(completed?.result ?? null)],
    ['ResultEncoding', encoding === undefined ? '' : utf8.decode(encoding)],
    [
      'Failure',
      failureBlock(event.workflowExecutionFailedEventAttributes?.failure ?? null, ' '.repeat(18)),
    ],
    ['Reason', event.workflowExecutionTerminatedEventAttributes?.reason ?? ''],
    ['NewRunId', event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? ''],
  ];
  output.heading('Results:');
  output.card(rows);
}

/** `status`, `closeEvent` and, of a completed workflow, `result`. */
export function outcomeJson(output: Output, event: FullHistoryEvent): Record<string, JsonValue> {
  const completed = event.workflowExecutionCompletedEventAttributes;
  const json: Record<string, JsonValue> = {
    status: outcomeOf(event),
    closeEvent: protoJson(fullType(historyEventType), event, output.payloads),
  };
  if (completed !== null) json['result'] = resultJson(output, completed.result);
  return json;
}

type Result = NonNullable<FullHistoryEvent['workflowExecutionCompletedEventAttributes']>['result'];

/** One result as it is, none as null, several as a list. */
export function resultJson(output: Output, result: Result): JsonValue {
  if (result === null) return null;
  const type = fullType('temporal.api.common.v1.Payload');
  const values = result.payloads.map((payload) => protoJson(type, payload, output.payloads));
  return values.length > 1 ? values : (values[0] ?? null);
}

/** Ends the command with exit code 1 for any outcome but completion. */
export function failUnlessCompleted(event: FullHistoryEvent): void {
  if (outcomeOf(event) !== 'COMPLETED') throw new CommandError('workflow failed');
}
