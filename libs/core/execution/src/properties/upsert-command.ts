// UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: what lists find the run by.

import { EventType, WorkflowTaskFailedCause } from '@perdure/wire';
import {
  type BadCommand,
  type CommandContext,
  notSet,
  passedOn,
} from '../workflow-task/command.ts';
import { type JudgedAttributes, judgeAttributes, mergeAttributes } from './search-attributes.ts';

const cause = WorkflowTaskFailedCause.BadSearchAttributes;
const command = 'UpsertWorkflowSearchAttributes';

export function upsertSearchAttributes(context: CommandContext): BadCommand | null {
  const { draft } = context;
  const attributes = context.command.upsertWorkflowSearchAttributesCommandAttributes;
  if (attributes === null) return notSet(cause, command);
  const given = attributes.searchAttributes;
  if (given === null) return missing('SearchAttributes');
  if (Object.keys(given.indexedFields).length === 0) return missing('IndexedFields');
  const judged = judgeAttributes(given.indexedFields, context.searchAttributes, draft.limits);
  if (!judged.ok) return badAttributes(judged);
  draft.append(EventType.UpsertWorkflowSearchAttributes, {
    upsertWorkflowSearchAttributesEventAttributes: {
      workflowTaskCompletedEventId: context.completedEventId,
      searchAttributes: { indexedFields: judged.fields },
    },
    ...passedOn(context.command),
  });
  draft.searchAttributes = mergeAttributes(draft.searchAttributes, judged.fields);
  return null;
}

/** What a command with such attributes comes to. A size that no retry would change ends the run. */
export function badAttributes({
  problem,
  tooLarge,
}: Extract<JudgedAttributes, { ok: false }>): BadCommand {
  const bad = { cause, detail: problem };
  return tooLarge ? { ...bad, terminates: true } : bad;
}

function missing(field: string): BadCommand {
  return { cause, detail: `${field} is not set on ${command}Command.` };
}
