// MODIFY_WORKFLOW_PROPERTIES: changes the memo of the run.

import { EventType, memoCodec, WorkflowTaskFailedCause } from '@perdure/wire';
import {
  type BadCommand,
  type CommandContext,
  groupBytes,
  notSet,
  passedOn,
  sizeProblem,
} from '../workflow-task/command.ts';
import { mergeMemo } from './memo.ts';

const cause = WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes;
const command = 'ModifyWorkflowProperties';

export function modifyProperties(context: CommandContext): BadCommand | null {
  const { draft } = context;
  const attributes = context.command.modifyWorkflowPropertiesCommandAttributes;
  if (attributes === null) return notSet(cause, command);
  const { upsertedMemo } = attributes;
  if (upsertedMemo.length === 0) return missing('UpsertedMemo');
  const { fields } = memoCodec.decode(upsertedMemo);
  if (Object.keys(fields).length === 0) return missing('UpsertedMemo.Fields');
  const field = `${command}CommandAttributes`;
  const bad = sizeProblem(draft.limits, cause, field, groupBytes(fields));
  if (bad !== null) return bad;
  const memo = mergeMemo(draft.memo, upsertedMemo);
  if (memo.length > draft.limits.memoBytesMax) {
    const detail = `${command}CommandAttributes. Memo exceeds size limit.`;
    return { cause, detail, terminates: true };
  }
  draft.append(EventType.WorkflowPropertiesModified, {
    workflowPropertiesModifiedEventAttributes: {
      workflowTaskCompletedEventId: context.completedEventId,
      upsertedMemo,
    },
    ...passedOn(context.command),
  });
  draft.memo = memo;
  return null;
}

function missing(field: string): BadCommand {
  return { cause, detail: `${field} is not set on ${command}Command.` };
}
