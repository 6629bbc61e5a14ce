// A worker and a client in one process, for as long as an example runs.

import { Client, Connection } from '@temporalio/client';
import {
  DefaultLogger,
  type LogLevel,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { ServerAddress } from './server-address.ts';

export interface SessionOptions extends ServerAddress {
  readonly taskQueue: string;
  /** The file that exports the workflows; the worker bundles it. */
  readonly workflowsPath: string;
  readonly activities: object;
  readonly logLevel: LogLevel;
}

/** Starts the worker, gives a client to `use`, and stops both. */
export async function withSession<T>(
  options: SessionOptions,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const { address, namespace, taskQueue, workflowsPath, activities } = options;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger(options.logLevel),
    telemetryOptions: { logging: { filter: { core: options.logLevel, other: 'ERROR' } } },
  });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath,
    activities,
    shutdownGraceTime: '5 seconds',
  });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection, namespace });
  try {
    return await worker.runUntil(use(client));
  } finally {
    await clientConnection.close();
    await connection.close();
  }
}
