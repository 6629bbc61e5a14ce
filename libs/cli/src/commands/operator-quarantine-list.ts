import { command } from '../command.ts';

export const operatorQuarantineList = command({
  name: 'operator quarantine list',
  summary: 'List the runs that were set aside after an internal error.',
  flags: [],
  connects: true,
  examples: ['operator quarantine list', 'operator quarantine list -o json'],
  async run({ output, connect }) {
    const { showUs } = await import('../operator/print-run.ts');
    const { runs } = await (await connect()).callOperator('ListQuarantine', {});
    for (const { namespace, workflowId, runId, reason, transitionsKept, sinceUs } of runs) {
      output.item({ namespace, workflowId, runId, reason, transitionsKept, sinceUs });
    }
    output.endList();
    if (output.isText && runs.length === 0) output.line('No run is quarantined.');
    if (!output.isText || runs.length === 0) return;
    output.table(
      [
        { title: 'Namespace' },
        { title: 'WorkflowId' },
        { title: 'RunId' },
        { title: 'Since' },
        { title: 'Kept' },
        { title: 'Reason' },
      ],
      runs.map((run) => [
        run.namespace,
        run.workflowId,
        run.runId,
        showUs(run.sinceUs, output.timeFormat),
        String(run.transitionsKept),
        run.reason,
      ]),
    );
  },
});
