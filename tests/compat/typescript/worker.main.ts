// A TypeScript worker as a process of its own, so that a test can kill it.
//
// Its one argument is JSON: WorkerProcessOptions. It prints `ready` once it polls, and ends with its parent.

import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import * as activities from './activities.ts';
import { payloadGate } from './payload-gate.ts';
import type { WorkerProcessOptions } from './worker-process.ts';

const { address, taskQueue, bundle, options } = JSON.parse(
  process.argv[2] ?? '',
) as WorkerProcessOptions;

process.stdin.resume().once('close', () => process.exit());

Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: 'OFF' } },
});
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  workflowBundle: { codePath: bundle },
  dataConverter: { payloadCodecs: [payloadGate()] },
  activities,
  shutdownGraceTime: 200,
  ...options,
  taskQueue,
});
const ended = worker.run();
console.log('ready');
await ended;
process.exit();
