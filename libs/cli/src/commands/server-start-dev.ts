import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { CommandError, command } from '../command.ts';
import { startDevFlags } from '../flags/start-dev.ts';
import { banner } from '../server/banner.ts';
import { serverOptions } from '../server/server-options.ts';

const graceMs = 5_000;

export const serverStartDev = command({
  name: 'server start-dev',
  summary: 'Run a server in this process, in memory or on a file.',
  flags: startDevFlags,
  connects: false,
  drains: true,
  examples: ['server start-dev', 'server start-dev --db-filename perdure.db --port 7000'],
  async run({ flags, globals, output, interrupted, note }) {
    const options = serverOptions(flags, globals);
    const { startEmbeddedServer } = await import('@perdure/server');
    const server = await startEmbeddedServer(options).catch((cause: Error) => {
      throw new CommandError(cause.message, { cause });
    });
    for (const line of banner(server, flags)) output.line(line);
    // Kept now, not at the end: test kits end a server by SIGKILL, and the next start takes half the time.
    flushCompileCache();
    if (!interrupted.aborted) await once(interrupted, 'abort');
    note('stopping: calls in progress may finish (once more to stop at once)');
    await server.stop(graceMs);
  },
});
