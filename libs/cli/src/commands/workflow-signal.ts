import { randomUUID } from 'node:crypto';
import { command } from '../command.ts';
import { headerFlag, inputFlags, workflowReferenceFlags } from '../flags/workflow.ts';
import { inputPayloads } from '../parse/input.ts';
import { jsonFields } from '../start/start-workflow.ts';

export const workflowSignal = command({
  name: 'workflow signal',
  summary: 'Send a signal to a running workflow.',
  flags: [
    ...workflowReferenceFlags,
    { name: 'name', aliases: ['type'], type: 'string', required: true, summary: 'Signal name.' },
    ...inputFlags,
    headerFlag,
  ],
  connects: true,
  examples: [`workflow signal --workflow-id order-7 --name approve --input '"Ada"'`],
  async run({ flags, output, connect }) {
    const input = inputPayloads(flags);
    const header = jsonFields(flags.headers, '--headers');
    const connection = await connect();
    await connection.call('SignalWorkflowExecution', {
      namespace: connection.namespace,
      identity: connection.identity,
      requestId: randomUUID(),
      workflowExecution: { workflowId: flags['workflow-id'], runId: flags['run-id'] },
      signalName: flags.name,
      input,
      header: header && { fields: header },
    });
    output.line('Signal workflow succeeded');
  },
});
