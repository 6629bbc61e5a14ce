// The server a test file talks to: one for the file, made before its tests and ended after them.

import { RawClient } from '@perdure/testing/golden';
import { leaseServer, type ServerLease } from '@perdure/testing/harness';
import { afterAll, beforeAll, beforeEach } from 'vitest';

export interface ServerUnderTest {
  readonly address: string;
  readonly raw: RawClient;
}

const logLinesShown = 80;

/** To be called at the top of a test file; the result may be used inside its tests. */
export function serverUnderTest(): ServerUnderTest {
  let lease: ServerLease | undefined;
  let raw: RawClient | undefined;
  let failed = false;
  beforeAll(async () => {
    lease = await leaseServer();
    raw = new RawClient(lease.address);
  });
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      failed = true;
    });
  });
  afterAll(async () => {
    raw?.close();
    if (failed) showLogs(lease?.logs() ?? '');
    await lease?.release();
  });
  return {
    get address(): string {
      return present(lease).address;
    },
    get raw(): RawClient {
      return present(raw);
    },
  };
}

function showLogs(logs: string): void {
  if (logs === '') return;
  console.log(`the server printed:\n${logs.split('\n').slice(-logLinesShown).join('\n')}`);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the server is there only while tests run');
  return value;
}
