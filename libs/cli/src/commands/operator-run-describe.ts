import { command } from '../command.ts';
import { workflowReferenceFlags } from '../flags/workflow.ts';

export const operatorRunDescribe = command({
  name: 'operator run describe',
  summary: 'Show a run as the server that owns it sees it.',
  flags: [
    ...workflowReferenceFlags,
    {
      name: 'state',
      type: 'bool',
      summary: 'Tasks, timers, request ids and the unapplied tail too.',
    },
  ],
  connects: true,
  examples: ['operator run describe --workflow-id order-7 --state'],
  async run({ flags, output, connect }) {
    const { printRun, runJson } = await import('../operator/print-run.ts');
    const connection = await connect();
    const run = await connection.callOperator('DescribeRun', {
      namespace: connection.namespace,
      workflowId: flags['workflow-id'],
      runId: flags['run-id'] ?? '',
    });
    printRun(output, run, flags.state);
    if (output.isJson) output.json(runJson(run, flags.state));
  },
});
