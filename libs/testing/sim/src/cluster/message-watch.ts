// Follows the messages between runs, and their releases, from node to node.

import type { DeliveryOutcome, MessageAttempt, MessageRelease } from '@perdure/ports';
import type { Sightings } from '../sightings.ts';
import type { NodeStateName } from './node-states.ts';

interface Followed {
  /** The process that made the first attempt. */
  readonly sender: string;
  /** The process that gave a definite answer first; null: none did. */
  answeredBy: string | null;
  /** It is counted as one that a later owner brought to its target. */
  inherited: boolean;
}

export class MessageWatch {
  readonly #sightings: Sightings<NodeStateName>;
  /** By message id. */
  readonly #messages = new Map<string, Followed>();
  /** Messages whose release had no answer. */
  readonly #unreleased = new Set<string>();

  constructor(sightings: Sightings<NodeStateName>) {
    this.#sightings = sightings;
  }

  /** A process sends an attempt to another node. */
  attempted(process: string, { message: { id } }: MessageAttempt): void {
    if (this.#messages.has(id)) this.#sightings.seen('message sent again');
    else this.#messages.set(id, { sender: process, answeredBy: null, inherited: false });
  }

  /** A process says what became of an attempt that arrived. */
  judged(process: string, { message: { id } }: MessageAttempt, outcome: DeliveryOutcome): void {
    if (outcome.kind === 'expired') {
      this.#sightings.seen('attempt expired');
      return;
    }
    const message = this.#messages.get(id);
    if (message === undefined) return;
    const { answeredBy } = message;
    message.answeredBy ??= process;
    if (answeredBy === null) return;
    this.#sightings.seen('message answered from its key');
    if (answeredBy !== process) this.#sightings.seen('message repeated at another owner');
  }

  /** The answer to an attempt came back to the process that made it. */
  answered(process: string, { message: { id } }: MessageAttempt, outcome: DeliveryOutcome): void {
    const message = this.#messages.get(id);
    if (outcome.kind === 'expired' || message === undefined) return;
    this.#sightings.seen('message answered by another node');
    if (message.sender === process || message.inherited) return;
    message.inherited = true;
    this.#sightings.seen('message delivered by a later owner');
  }

  /** The outcome of an attempt is not known. */
  lost(): void {
    this.#sightings.seen('message without an outcome');
  }

  releasing({ messageIds }: MessageRelease): void {
    const again = messageIds.filter((id) => this.#unreleased.delete(id));
    if (again.length > 0) this.#sightings.seen('release repeated');
  }

  releaseLost({ messageIds }: MessageRelease): void {
    this.#sightings.seen('release lost');
    for (const id of messageIds) this.#unreleased.add(id);
  }
}
