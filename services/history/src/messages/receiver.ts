// The receiving side of messages between runs, at the owner of the workflow id that they are for (X2, X3).
//
// R1. Whether a message is new is judged in the turn in which it would enter head, and what it does, its answer and its key
//     are one commit. So two attempts that arrive together are one after the other, and the later one is a repeat.
// R2. Every definite answer is logged before it is given, the negative ones too: who asks again is told the same, and what
//     the sender sent behind the message cannot overtake it.
// R3. Nothing is said but what is durable and rests on a proof that this owner owns (W3, W4).

import { answeredDelta, type Message, receiveMessage } from '@perdure/core-execution';
import { judgeArrival } from '@perdure/core-shard';
import { assert, RejectionError } from '@perdure/kernel';
import type { DeliveryOutcome, MessageAttempt, MessageLink, MessageRelease } from '@perdure/ports';
import { commitTogether } from '../commit.ts';
import type { Loader } from '../owner/loader.ts';
import type { Owner } from '../owner/owner.ts';
import type { RunHandle } from '../owner/run-handle.ts';
import { commitWorkflow } from '../owner/workflow-commit.ts';
import type { WorkflowEntry } from '../owner/workflow-entry.ts';

export interface MessageReceiverOptions {
  readonly owner: Owner;
  readonly loader: Loader;
  /** A change of the workflow id alone is durable: the store lacks it. */
  readonly onDurable: (entry: WorkflowEntry) => void;
  /** A workflow id without a run has only keys left, which will expire. */
  readonly forgetLater: (workflow: {
    readonly namespaceId: string;
    readonly workflowId: string;
  }) => void;
}

export class MessageReceiver implements MessageLink {
  readonly #options: MessageReceiverOptions;

  constructor(options: MessageReceiverOptions) {
    this.#options = options;
  }

  async deliver({ expiresAtUs, message }: MessageAttempt): Promise<DeliveryOutcome> {
    const { loader, owner } = this.#options;
    owner.refuseUnderPressure(false);
    const { namespaceId, workflowId } = message;
    for (;;) {
      const entry = await loader.workflow(namespaceId, workflowId);
      const runId = message.runId || entry.currentRunId;
      const handle = runId === '' ? null : await loader.run({ namespaceId, workflowId, runId });
      const isMeant = message.runId !== '' || entry.currentRunId === runId;
      const stands = handle === null || !(handle.evicted || handle.deleted);
      if (isMeant && stands && !entry.evicted) {
        return this.#take(message, expiresAtUs, { entry, handle });
      }
    }
  }

  /** R1: up to the commit without an await. */
  async #take(
    message: Message,
    expiresAtUs: number,
    { entry, handle }: { readonly entry: WorkflowEntry; readonly handle: RunHandle | null },
  ): Promise<DeliveryOutcome> {
    const { owner } = this.#options;
    const attempt = { messageId: message.id, expiresAtUs };
    const arrival = judgeArrival(entry.keys, attempt, owner.clock.nowUs());
    if (arrival.kind === 'expired') return arrival;
    if (arrival.kind === 'repeat') {
      await owner.afterHead();
      return { kind: 'answered', answer: arrival.answer };
    }
    const reception =
      handle === null
        ? receiveMessage(null, message, owner.moment(message.namespaceId))
        : owner.decide(handle, (state, at) => receiveMessage(state, message, at));
    if (reception.kind === 'refused') {
      await this.#commit(entry, answeredDelta(message.id, reception.answer));
      return { kind: 'answered', answer: reception.answer };
    }
    const { transition } = reception;
    if (transition !== null) {
      assert(handle !== null, 'only a run makes a transition');
      await commitTogether(owner, [{ handle, entry, transition }]);
    }
    if (reception.kind === 'notNow') throw new RejectionError(reception.rejection);
    return { kind: 'answered', answer: reception.answer };
  }

  async release({
    keptUntilUs,
    messageIds,
    namespaceId,
    workflowId,
  }: MessageRelease): Promise<void> {
    const { forgetLater, loader, owner } = this.#options;
    let entry = await loader.workflow(namespaceId, workflowId);
    while (entry.evicted) entry = await loader.workflow(namespaceId, workflowId);
    const keys = entry.keys.released(messageIds, keptUntilUs);
    if (keys.length === 0) {
      await owner.afterHead();
      return;
    }
    await this.#commit(entry, { makesCurrent: false, keys });
    if (entry.currentRunId === '') forgetLater({ namespaceId, workflowId });
  }

  #commit(entry: WorkflowEntry, delta: Parameters<typeof commitWorkflow>[2]): Promise<void> {
    const { onDurable, owner } = this.#options;
    return commitWorkflow(owner, entry, delta, onDurable);
  }
}
