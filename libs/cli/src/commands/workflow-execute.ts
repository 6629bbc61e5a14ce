import { command } from '../command.ts';
import { startFlags } from '../flags/start.ts';
import { startWorkflow } from '../start/start-workflow.ts';

export const workflowExecute = command({
  name: 'workflow execute',
  summary: 'Start a workflow, show its progress and wait for its result.',
  flags: [
    ...startFlags,
    {
      name: 'detailed',
      type: 'bool',
      summary: 'Show every field of the events; in JSON, add the history.',
    },
  ],
  connects: true,
  examples: [`workflow execute --type Hello --task-queue hello --input '"World"'`],
  async run({ flags, output, connect }) {
    const { closingEvent, readHistory } = await import('../history/read.ts');
    const { printHistory } = await import('../history/print.ts');
    const { failUnlessCompleted, outcomeJson, printOutcome } = await import(
      '../history/outcome.ts'
    );
    const beganMs = Date.now();
    const connection = await connect();
    const started = await startWorkflow(connection, flags);
    const source = { connection, workflowId: started.workflowId, runId: started.runId };
    if (output.isText) {
      output.heading('Running execution:');
      output.card([
        ['WorkflowId', started.workflowId],
        ['RunId', started.runId],
        ['Type', started.type],
        ['Namespace', started.namespace],
        ['TaskQueue', started.taskQueue],
      ]);
      output.line();
      await printHistory(output, readHistory(source, { follow: true }), flags);
      output.line();
    }
    const { event } = await closingEvent(source, { wait: true });
    const durationMillis = Date.now() - beganMs;
    printOutcome(output, event, durationMillis * 1000);
    if (output.isJson) {
      const { eventsJson } = await import('../history/events-json.ts');
      const history = flags.detailed
        ? { history: await eventsJson(readHistory(source, { follow: false })) }
        : {};
      output.json({ ...started, durationMillis, ...outcomeJson(output, event), ...history });
    }
    failUnlessCompleted(event);
  },
});
