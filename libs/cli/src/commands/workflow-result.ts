import type { Connection } from '../client/connection.ts';
import { command } from '../command.ts';
import { workflowReferenceFlags } from '../flags/workflow.ts';

export const workflowResult = command({
  name: 'workflow result',
  summary: 'Wait for a workflow to end and print its result.',
  flags: workflowReferenceFlags,
  connects: true,
  examples: ['workflow result --workflow-id order-7'],
  async run({ flags, output, connect }) {
    const { closingEvent } = await import('../history/read.ts');
    const { failUnlessCompleted, outcomeJson, printOutcome } = await import(
      '../history/outcome.ts'
    );
    const connection = await connect();
    const workflowId = flags['workflow-id'];
    const first = flags['run-id'] ?? (await currentRunId(connection, workflowId));
    const source = { connection, workflowId, runId: first };
    const { event, runId } = await closingEvent(source, { wait: true });
    printOutcome(output, event, 0);
    if (output.isJson) {
      const { namespace } = connection;
      output.json({ workflowId, runId, namespace, ...outcomeJson(output, event) });
    }
    failUnlessCompleted(event);
  },
});

async function currentRunId(connection: Connection, workflowId: string): Promise<string> {
  const { namespace } = connection;
  const execution = { workflowId };
  const found = await connection.call('DescribeWorkflowExecution', { namespace, execution });
  return found.workflowExecutionInfo?.execution?.runId ?? '';
}
