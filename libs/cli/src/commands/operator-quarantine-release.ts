import { command } from '../command.ts';
import { workflowReferenceFlags } from '../flags/workflow.ts';

/** A release waits for the store. */
const answerMsMax = 60_000;

export const operatorQuarantineRelease = command({
  name: 'operator quarantine release',
  summary: 'Let a run that was set aside go on, or say why it cannot.',
  flags: workflowReferenceFlags,
  connects: true,
  examples: ['operator quarantine release --workflow-id order-7'],
  async run({ flags, output, connect }) {
    const connection = await connect();
    const workflowId = flags['workflow-id'];
    const runId = flags['run-id'] ?? '';
    const request = { namespace: connection.namespace, workflowId, runId };
    const released = await connection.callOperator('ReleaseRun', request, answerMsMax);
    const { transitionsApplied, version } = released;
    output.line(
      `Released: ${transitionsApplied} transitions applied, the run is at version ${version}.`,
    );
    if (output.isJson) output.json({ workflowId, runId, transitionsApplied, version });
  },
});
