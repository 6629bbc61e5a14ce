// Starts a server for a bench and waits until it answers.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';

const launcher = fileURLToPath(new URL('../../libs/cli/bin/perdure', import.meta.url));

export interface BenchServer {
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** `dbFilename` null: in memory. */
export async function startServer(
  dbFilename: string | null,
  more: readonly string[] = [],
): Promise<BenchServer> {
  const port = await freePort();
  const args = ['server', 'start-dev', '--headless', '--port', String(port), '--log-level', 'warn'];
  args.push(...more);
  if (dbFilename !== null) args.push('--db-filename', dbFilename);
  const child = spawn(launcher, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const address = `127.0.0.1:${port}`;
  await untilItAnswers(address, child);
  return {
    address,
    pid: child.pid as number,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilItAnswers(address: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`);
    try {
      const connection = await Connection.connect({ address, connectTimeout: '1 second' });
      await connection.close();
      return;
    } catch (error) {
      if (tries === 299) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
