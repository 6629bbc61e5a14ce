import { command } from '../command.ts';
import { workflowReferenceFlags } from '../flags/workflow.ts';

export const workflowDescribe = command({
  name: 'workflow describe',
  summary: 'Show the state of a workflow and what it waits for.',
  flags: workflowReferenceFlags,
  connects: true,
  examples: ['workflow describe --workflow-id order-7'],
  async run({ flags, output, connect }) {
    const { fullType, protoJson } = await import('@perdure/wire/full');
    const { closingEvent } = await import('../history/read.ts');
    const { outcomeJson } = await import('../history/outcome.ts');
    const { printDescription } = await import('../describe/print-description.ts');
    const connection = await connect();
    const description = await connection.call('DescribeWorkflowExecution', {
      namespace: connection.namespace,
      execution: { workflowId: flags['workflow-id'], runId: flags['run-id'] },
    });
    const info = description.workflowExecutionInfo;
    const { workflowId = '', runId = '' } = info?.execution ?? {};
    const running = 1;
    const closing =
      info?.status === running || info?.status === 0
        ? undefined
        : (await closingEvent({ connection, workflowId, runId }, { wait: false })).event;
    printDescription(output, connection.namespace, description, closing);
    if (!output.isJson) return;
    const type = fullType('temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse');
    const json = protoJson(type, description, output.payloads) as object;
    const { closeEvent, result } = closing === undefined ? {} : outcomeJson(output, closing);
    output.json({
      ...json,
      ...(closeEvent === undefined ? {} : { closeEvent }),
      ...(result === undefined ? {} : { result }),
    });
  },
});
