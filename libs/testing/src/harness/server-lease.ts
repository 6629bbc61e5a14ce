// The server of a test file: one that somebody runs already, or a Perdure of its own.
//
// PERDURE_TEST_ADDRESS names a running server, so that the same tests can run against any that speaks the API.

import { PerdureServer } from './perdure-server.ts';
import { untilAnswering } from './readiness.ts';

export const testAddressVariable = 'PERDURE_TEST_ADDRESS';

export interface ServerLease {
  readonly address: string;
  /** What the server printed; empty for one that is not ours. */
  logs(): string;
  release(): Promise<void>;
}

/** Whether tests run against a server that they did not start and may not end. */
export function usesForeignServer(): boolean {
  return (process.env[testAddressVariable] ?? '') !== '';
}

export async function leaseServer(): Promise<ServerLease> {
  const address = process.env[testAddressVariable] ?? '';
  if (address !== '') {
    await untilAnswering(address, 10_000);
    return { address, logs: () => '', release: () => Promise.resolve() };
  }
  const server = await PerdureServer.start();
  return { address: server.address, logs: () => server.logs, release: () => server.kill() };
}
