// DeleteWorkflowExecution (wire-contract 1.2): durable when it is answered. From then on the run is not there for anybody;
// its rows and its place in lists go with the next fold.

import type { Routed } from '@perdure/ports';
import type { HistoryContext } from '../context.ts';
import { deleteDurably } from '../owner/deletion.ts';

export async function deleteWorkflow(
  { owner, loader }: HistoryContext,
  { namespaceId, request }: Routed<'DeleteWorkflowExecution'>,
): Promise<Record<string, never>> {
  owner.refuseUnderPressure(false);
  const { workflowId, runId } = request.workflowExecution ?? { workflowId: '', runId: '' };
  await loader.findTogether({ namespaceId, workflowId, runId }, ({ entry, handle }) =>
    deleteDurably(owner, handle, entry),
  );
  return {};
}
