import { randomUUID } from 'node:crypto';
import { command } from '../command.ts';
import { workflowReferenceFlags } from '../flags/workflow.ts';

export const workflowCancel = command({
  name: 'workflow cancel',
  summary: 'Ask a workflow to cancel itself.',
  flags: [
    ...workflowReferenceFlags,
    { name: 'reason', type: 'string', summary: 'Why, as recorded in the history.' },
  ],
  connects: true,
  examples: ['workflow cancel --workflow-id order-7'],
  async run({ flags, output, connect }) {
    const connection = await connect();
    await connection.call('RequestCancelWorkflowExecution', {
      namespace: connection.namespace,
      identity: connection.identity,
      requestId: randomUUID(),
      workflowExecution: { workflowId: flags['workflow-id'], runId: flags['run-id'] },
      reason: flags.reason,
    });
    output.line('Canceled workflow');
  },
});
