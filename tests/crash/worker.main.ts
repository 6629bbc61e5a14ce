// The worker of the crash tests, a process that outlives every server. Its one argument is JSON: WorkerProcessOptions.

import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { WorkerProcessOptions } from '../compat/typescript/worker-process.ts';

const { address, taskQueue, bundle, options } = JSON.parse(
  process.argv[2] ?? '',
) as WorkerProcessOptions;

process.stdin.resume().once('close', () => process.exit());

Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: 'OFF' } },
});

/** A value that no other execution of the activity returns. */
async function stamp(round: number): Promise<string> {
  return `${Context.current().info.workflowExecution?.workflowId}/${round}/${randomUUID()}`;
}

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  workflowBundle: { codePath: bundle },
  activities: { stamp },
  stickyQueueScheduleToStartTimeout: '1s',
  ...options,
  taskQueue,
});
const ended = worker.run();
console.log('ready');
await ended;
process.exit();
