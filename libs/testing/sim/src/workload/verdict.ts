// Calls whose outcome may not be known when they end: what was answered, and whether a refusal is the whole truth.

import type { Verdict } from '@perdure/model';
import type { RpcName, RpcRequestInit, RpcResponse } from '@perdure/wire';
import { CallFailed } from '../flight.ts';
import { type Caller, isUnknown } from './caller.ts';

export interface Outcome<R extends RpcName> {
  readonly verdict: Verdict;
  /** Null when it was not taken. */
  readonly answer: RpcResponse<R> | null;
  /** Status and text; empty when it was taken. */
  readonly refusal: string;
}

const definite = new Set(['NOT_FOUND', 'INVALID_ARGUMENT']);

/** Makes the same call until somebody decides on it. Rejects with the CallFailed of a refusal that nobody should get. */
export async function outcomeOf<R extends RpcName>(
  caller: Caller,
  rpc: R,
  request: RpcRequestInit<R>,
): Promise<Outcome<R>> {
  for (let tries = 0; ; tries++) {
    try {
      return { verdict: 'taken', answer: await caller.call(rpc, request), refusal: '' };
    } catch (fault) {
      if (!(fault instanceof CallFailed)) throw fault;
      if (definite.has(fault.code)) {
        const verdict = tries === 0 && fault.heardOnce ? 'refused' : 'unknown';
        return { verdict, answer: null, refusal: fault.message };
      }
      if (!isUnknown(fault)) throw fault;
      await caller.sleep(100_000 * Math.min(20, 1 + tries));
    }
  }
}
