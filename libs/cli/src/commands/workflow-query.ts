import { CommandError, command } from '../command.ts';
import { headerFlag, inputFlags, workflowReferenceFlags } from '../flags/workflow.ts';
import { inputPayloads } from '../parse/input.ts';
import { jsonFields } from '../start/start-workflow.ts';

const rejectConditions = { not_open: 'NotOpen', not_completed_cleanly: 'NotCompletedCleanly' };

export const workflowQuery = command({
  name: 'workflow query',
  summary: 'Ask a workflow for its state; its worker must be running.',
  flags: [
    ...workflowReferenceFlags,
    { name: 'name', aliases: ['type'], type: 'string', required: true, summary: 'Query name.' },
    ...inputFlags,
    {
      name: 'reject-condition',
      type: 'choice',
      choices: ['not_open', 'not_completed_cleanly'],
      summary: 'Refuse the query when the workflow is in this state.',
    },
    headerFlag,
  ],
  connects: true,
  examples: ['workflow query --workflow-id order-7 --name status'],
  async run({ flags, output, connect }) {
    const queryArgs = inputPayloads(flags);
    const header = jsonFields(flags.headers, '--headers');
    const { fullType, protoJson } = await import('@perdure/wire/full');
    const { enumLabel, enumValue } = await import('../render/enum-label.ts');
    const { payloadsText } = await import('../render/payload-text.ts');
    const connection = await connect();
    const condition = flags['reject-condition'];
    const response = await connection.call('QueryWorkflow', {
      namespace: connection.namespace,
      execution: { workflowId: flags['workflow-id'], runId: flags['run-id'] },
      query: { queryType: flags.name, queryArgs, header: header && { fields: header } },
      queryRejectCondition: enumValue(
        'QueryRejectCondition',
        condition && rejectConditions[condition],
      ),
    });
    if (response.queryRejected !== null) {
      const status = enumLabel('WorkflowExecutionStatus', response.queryRejected.status);
      throw new CommandError(`query was rejected, workflow has status: ${status}`);
    }
    output.heading('Query result:');
    output.card([['QueryResult', payloadsText(response.queryResult)]]);
    const type = fullType('temporal.api.workflowservice.v1.QueryWorkflowResponse');
    output.json(protoJson(type, response, output.payloads));
  },
});
