// RECORD_MARKER: what the code decided for itself (local activities, versions, side effects), for its next replay. The
// server keeps it as it came.

import { EventType, WorkflowTaskFailedCause } from '@perdure/wire';
import {
  type BadCommand,
  type CommandContext,
  groupBytes,
  nameProblem,
  notSet,
  passedOn,
  sizeProblem,
} from '../workflow-task/command.ts';

const cause = WorkflowTaskFailedCause.BadRecordMarkerAttributes;

export function recordMarker(context: CommandContext): BadCommand | null {
  const { draft, command, completedEventId } = context;
  const attributes = command.recordMarkerCommandAttributes;
  if (attributes === null) return notSet(cause, 'RecordMarker');
  const { details, failure, header, markerName } = attributes;
  const problem = nameProblem(draft.limits, 'MarkerName', markerName, 'RecordMarker');
  if (problem !== null) return { cause, detail: problem };
  const bad = sizeProblem(
    draft.limits,
    cause,
    'RecordMarkerCommandAttributes.Details',
    groupBytes(details),
  );
  if (bad !== null) return bad;
  draft.append(EventType.MarkerRecorded, {
    markerRecordedEventAttributes: {
      markerName,
      details,
      workflowTaskCompletedEventId: completedEventId,
      ...(header.length > 0 ? { header } : {}),
      ...(failure.length > 0 ? { failure } : {}),
    },
    ...passedOn(command),
  });
  return null;
}
