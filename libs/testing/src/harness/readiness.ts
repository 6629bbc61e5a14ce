// Waiting for a server: it is up once it answers GetSystemInfo, which is what every SDK asks first.

import { setTimeout as sleep } from 'node:timers/promises';
import { RawClient } from '../golden/raw-client.ts';

/** Resolves when the address answers; throws after the time, or with the first error of `abandon`. */
export async function untilAnswering(
  address: string,
  timeoutMs: number,
  abandon: () => Error | undefined = () => undefined,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const client = new RawClient(address);
  try {
    for (;;) {
      const attempt = client.call('GetSystemInfo', {}, { timeoutMs: 1_000 });
      const failure = await attempt.then(() => undefined, toError);
      if (failure === undefined) return;
      const reason = abandon();
      if (reason !== undefined) throw reason;
      if (Date.now() > deadline) {
        throw new Error(`${address} did not answer in ${timeoutMs} ms`, { cause: failure });
      }
      await sleep(25);
    }
  } finally {
    client.close();
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
