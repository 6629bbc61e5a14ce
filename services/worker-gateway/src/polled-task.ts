// What a poll answers with, and the way back for a task that reached nobody (D3).

import { noBytes } from '@perdure/kernel';
import type { PolledTask, TaskOffer, TaskOwner } from '@perdure/ports';

export const emptyPoll: PolledTask = {
  bytes: noBytes,
  notDelivered: () => undefined,
};

export class StartedTask implements PolledTask {
  readonly bytes: Uint8Array;
  readonly #offer: TaskOffer;
  readonly #pollRequestId: string;
  readonly #owner: () => TaskOwner;
  #givenBack = false;

  constructor(
    owner: () => TaskOwner,
    started: { readonly offer: TaskOffer; readonly response: Uint8Array },
    pollRequestId: string,
  ) {
    this.bytes = started.response;
    this.#offer = started.offer;
    this.#pollRequestId = pollRequestId;
    this.#owner = owner;
  }

  notDelivered(): void {
    if (this.#givenBack) return;
    this.#givenBack = true;
    const owner = this.#owner();
    if (this.#offer.kind === 'activity') {
      owner.activityTaskNotDelivered(this.#offer, this.#pollRequestId);
    } else {
      owner.workflowTaskNotDelivered(this.#offer, this.#pollRequestId);
    }
  }
}
