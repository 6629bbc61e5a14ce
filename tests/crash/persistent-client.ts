// A client that outlives its server: it makes the same call, with the same request id, until it is answered.

import { setTimeout as sleep } from 'node:timers/promises';
import { type RawClient, WireStatus } from '@perdure/testing/golden';
import type { RpcName, RpcRequestInit, RpcResponse } from '@perdure/wire';

const lost = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED', 'INTERNAL', 'UNKNOWN']);
const busy = 'RESOURCE_EXHAUSTED';

export class PersistentClient {
  readonly raw: RawClient;
  /** Calls whose outcome was lost with a connection. */
  lostCalls = 0;
  #closed = false;

  constructor(raw: RawClient) {
    this.raw = raw;
  }

  /** Ends the connection. Calls under way are never answered: the test that made them is over. */
  close(): void {
    this.#closed = true;
    this.raw.close();
  }

  async call<R extends RpcName>(
    rpc: R,
    request: RpcRequestInit<R>,
    timeoutMs = 5_000,
  ): Promise<RpcResponse<R>> {
    for (;;) {
      try {
        return await this.raw.call(rpc, request, { timeoutMs });
      } catch (error) {
        if (this.#closed) return await new Promise<never>(() => undefined);
        if (!(error instanceof WireStatus)) throw error;
        if (!lost.has(error.code) && error.code !== busy) throw error;
        this.lostCalls += 1;
        await sleep(100);
      }
    }
  }
}
