// How messages between runs travel (X1-X3): from the owner of the run that sends one to the owner of the workflow id that it
// is for, which may be the same process. Both calls may be made again, arrive late, twice or not at all.

import type { Message, MessageAnswer } from '@perdure/core-execution';

/** One attempt to deliver a message. */
export interface MessageAttempt {
  readonly message: Message;
  /** From then on, by the receiver's own time, it MUST NOT do anything any more (X2). */
  readonly expiresAtUs: number;
}

export type DeliveryOutcome =
  /** Definite, durable at the receiver, and the same for every attempt at the message. */
  | { readonly kind: 'answered'; readonly answer: MessageAnswer }
  /** The attempt came too late. This says nothing of the message. */
  | { readonly kind: 'expired' };

/** The sender has recorded its answers, durably: the receiver may forget the messages (X3). */
export interface MessageRelease {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly messageIds: readonly string[];
  /** Until then an attempt at one of them may arrive: its answer MUST be kept. */
  readonly keptUntilUs: number;
}

export interface MessageLink {
  /** Whatever it rejects with, the outcome is unknown: the attempt may be carried out until it expires. */
  deliver(attempt: MessageAttempt): Promise<DeliveryOutcome>;
  /** Resolves when the release is durable, or nothing was left to release. */
  release(release: MessageRelease): Promise<void>;
}
