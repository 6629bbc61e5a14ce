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

  constructor(raw: RawClient) {
    this.raw = raw;
  }

  async call<R extends RpcName>(
    rpc: R,
    request: RpcRequestInit<R>,
    timeoutMs = 5_000,
  ): Promise<RpcResponse<R>> {
    return (await this.tryCall(rpc, request, timeoutMs)).response;
  }

  /** The answer, and whether it was that to the first try: if not, an earlier try may have been the one that counted. */
  async tryCall<R extends RpcName>(
    rpc: R,
    request: RpcRequestInit<R>,
    timeoutMs = 5_000,
  ): Promise<{ readonly response: RpcResponse<R>; readonly first: boolean }> {
    for (let tries = 0; ; tries++) {
      try {
        const response = await this.raw.call(rpc, request, { timeoutMs });
        return { response, first: tries === 0 };
      } catch (error) {
        if (!(error instanceof WireStatus)) throw error;
        if (!lost.has(error.code) && error.code !== busy) throw error;
        this.lostCalls += 1;
        await sleep(50);
      }
    }
  }
}
