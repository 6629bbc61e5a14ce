// Which server an example talks to.

import process from 'node:process';

export interface ServerAddress {
  readonly address: string;
  readonly namespace: string;
}

/** From the command line (`ADDRESS NAMESPACE`), the environment, or where a server listens by default. */
export function serverAddress(args: readonly string[] = process.argv.slice(2)): ServerAddress {
  const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = process.env;
  return {
    address: args[0] ?? TEMPORAL_ADDRESS ?? 'localhost:7233',
    namespace: args[1] ?? TEMPORAL_NAMESPACE ?? 'default',
  };
}
