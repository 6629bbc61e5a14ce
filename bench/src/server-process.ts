// Starts a server for a bench and waits until it answers.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
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

/**
 * `dbFilename` null: in memory. `profiles`: the folder for a CPU profile of each thread; null: none. `more`: further
 * arguments of its command.
 */
export async function startServer(
  dbFilename: string | null,
  more: readonly string[] = [],
  profiles: string | null = null,
): Promise<BenchServer> {
  const port = await freePort();
  const args = ['server', 'start-dev', '--headless', '--port', String(port), '--log-level', 'warn'];
  args.push(...more);
  if (dbFilename !== null) args.push('--db-filename', dbFilename);
  const profiling = `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${profiles}`;
  const env = profiles === null ? process.env : { ...process.env, NODE_OPTIONS: profiling };
  const child = spawn(launcher, args, { stdio: ['ignore', 'ignore', 'ignore'], env });
  const address = `127.0.0.1:${port}`;
  await untilItAnswers(address, child);
  return {
    address,
    pid: child.pid as number,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Asks the port each few milliseconds, then the server itself, once. */
async function untilItAnswers(address: string, child: ChildProcess): Promise<void> {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  const until = performance.now() + 30_000;
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`);
    if (performance.now() > until) throw new Error('the server does not answer');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const connection = await Connection.connect({ address, connectTimeout: '10 seconds' });
  await connection.close();
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
