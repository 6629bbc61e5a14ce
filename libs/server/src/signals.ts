// The end of a server process: the first signal drains, the second ends it at once.

import type { EmbeddedServer } from './embedded.main.ts';

const graceMs = 5_000;

export function stopOnSignal(server: Pick<EmbeddedServer, 'stop'>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    server.stop(graceMs).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`perdure: the end was not clean: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
