// The worker of the bench, a process of its own so that its CPU is not the server's. Args: address, task queue.

import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

const [address = '', taskQueue = ''] = process.argv.slice(2);
Runtime.install({
  logger: new DefaultLogger('WARN'),
  telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' } } },
  shutdownSignals: ['SIGTERM'],
});
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  activities: { greet: (name: string): Promise<string> => Promise.resolve(`Hello, ${name}!`) },
});
const running = worker.run();
process.send?.('ready');
await running;
await connection.close();
process.exit(0);
