import { CommandError, command } from '../command.ts';
import { workflowReferenceFlags } from '../flags/workflow.ts';

export const workflowShow = command({
  name: 'workflow show',
  summary: 'Show the event history of a workflow.',
  flags: [
    ...workflowReferenceFlags,
    {
      name: 'follow',
      short: 'f',
      type: 'bool',
      summary: 'Go on with new events until the workflow ends.',
    },
    { name: 'detailed', type: 'bool', summary: 'Show every field of the events.' },
    { name: 'reverse', type: 'bool', summary: 'Show the newest event first.' },
  ],
  connects: true,
  examples: [
    'workflow show --workflow-id order-7 --follow',
    'workflow show --workflow-id order-7 --output json > history.json',
  ],
  async run({ flags, output, connect }) {
    if (flags.follow && flags.reverse)
      throw new CommandError('give --follow or --reverse, not both');
    const { readHistory, readHistoryReverse } = await import('../history/read.ts');
    const { printHistory } = await import('../history/print.ts');
    const { printOutcome } = await import('../history/outcome.ts');
    const { eventsJson } = await import('../history/events-json.ts');
    const connection = await connect();
    const source = { connection, workflowId: flags['workflow-id'], runId: flags['run-id'] ?? '' };
    const events = flags.reverse ? readHistoryReverse(source) : readHistory(source, flags);
    if (!output.isText) {
      output.json(await eventsJson(events));
      return;
    }
    const closing = await printHistory(output, events, flags);
    if (closing === undefined) return;
    output.line();
    printOutcome(output, closing, 0);
  },
});
