import { command } from '../command.ts';
import { workflowReferenceFlags } from '../flags/workflow.ts';

export const workflowTerminate = command({
  name: 'workflow terminate',
  summary: 'End a workflow at once; it cannot clean up.',
  flags: [
    ...workflowReferenceFlags,
    {
      name: 'reason',
      type: 'string',
      summary: 'Why, as recorded in the history; who did it unless given.',
    },
  ],
  connects: true,
  examples: ['workflow terminate --workflow-id order-7 --reason "sold twice"'],
  async run({ flags, output, connect }) {
    const connection = await connect();
    await connection.call('TerminateWorkflowExecution', {
      namespace: connection.namespace,
      identity: connection.identity,
      workflowExecution: { workflowId: flags['workflow-id'], runId: flags['run-id'] },
      reason: flags.reason ?? `Requested from CLI by ${connection.identity}`,
    });
    output.line('Workflow terminated');
  },
});
