import { command } from '../command.ts';

export const workflowList = command({
  name: 'workflow list',
  summary: 'List workflows, the newest first.',
  flags: [
    {
      name: 'query',
      short: 'q',
      type: 'string',
      summary: `List filter, such as 'ExecutionStatus = "Running" AND WorkflowType = "Order"'.`,
    },
    { name: 'limit', type: 'int', summary: 'Show at most this many.' },
    { name: 'page-size', type: 'int', summary: 'Ask the server for this many at a time.' },
  ],
  connects: true,
  examples: [`workflow list --query 'WorkflowType = "Order"' --limit 20`],
  async run({ flags, output, connect }) {
    const { fullType, protoJson } = await import('@perdure/wire/full');
    const { enumLabel } = await import('../render/enum-label.ts');
    const { paintOutcome } = await import('../render/color.ts');
    const { showTime } = await import('../render/time.ts');
    const connection = await connect();
    const infoType = fullType('temporal.api.workflow.v1.WorkflowExecutionInfo');
    const limit = flags.limit ?? Number.POSITIVE_INFINITY;
    const pageSize = Math.min(flags['page-size'] ?? 0, limit);
    const rows: string[][] = [];
    let count = 0;
    let nextPageToken = new Uint8Array(0);
    do {
      const page = await connection.call('ListWorkflowExecutions', {
        namespace: connection.namespace,
        query: flags.query,
        pageSize,
        nextPageToken,
      });
      for (const info of page.executions.slice(0, limit - count)) {
        count += 1;
        if (output.isJson) output.item(protoJson(infoType, info, output.payloads));
        if (!output.isText) continue;
        rows.push([
          paintOutcome(enumLabel('WorkflowExecutionStatus', info.status), output.paint),
          info.execution?.workflowId ?? '',
          info.type?.name ?? '',
          showTime(info.startTime, output.timeFormat, Date.now()),
        ]);
      }
      nextPageToken = new Uint8Array(page.nextPageToken);
    } while (nextPageToken.length > 0 && count < limit);
    output.endList();
    const titles = ['Status', 'WorkflowId', 'Type', 'StartTime'];
    if (rows.length > 0)
      output.table(
        titles.map((title) => ({ title })),
        rows,
      );
  },
});
