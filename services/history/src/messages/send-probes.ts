// Makes a run send probes (core/execution, message/probe.ts): for tests and the simulator. No RPC leads here.

import { type MessageTarget, sendProbes } from '@perdure/core-execution';
import { carryOut } from '../commit.ts';
import type { HistoryContext } from '../context.ts';
import type { RunQuestion } from '../operator/describe-run.ts';

export interface ProbeOrder {
  readonly from: RunQuestion;
  /** In this order. */
  readonly to: readonly { readonly target: MessageTarget; readonly text: string }[];
}

/** Resolves with the ids of the messages when their sending is durable. */
export function orderProbes(
  { loader, owner }: HistoryContext,
  { from, to }: ProbeOrder,
): Promise<string[]> {
  return loader.findTogether(from, ({ entry, handle }) => {
    const decided = owner.decide(handle, (state, at) => sendProbes(state, { to, ...at }));
    return carryOut(owner, handle, entry, decided);
  });
}
