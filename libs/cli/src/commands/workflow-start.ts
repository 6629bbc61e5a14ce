import { command } from '../command.ts';
import { startFlags } from '../flags/start.ts';
import { startWorkflow } from '../start/start-workflow.ts';

export const workflowStart = command({
  name: 'workflow start',
  summary: 'Start a workflow and print its ids.',
  flags: startFlags,
  connects: true,
  examples: [`workflow start --type Order --task-queue orders --input '{"id": 7}'`],
  async run(call) {
    const connection = await call.connect();
    const started = await startWorkflow(connection, call.flags);
    call.output.heading('Running execution:');
    call.output.card(Object.entries(started).map(([key, value]) => [capital(key), value]));
    call.output.json({ ...started });
  },
});

const capital = (key: string): string => key.slice(0, 1).toUpperCase() + key.slice(1);
