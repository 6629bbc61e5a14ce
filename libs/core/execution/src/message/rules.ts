// What a kind of message has to say at its two ends.

import type { Draft } from '../draft.ts';
import type { Message, MessageAnswer } from './message.ts';

export interface MessageRules {
  /** What the message does to a running run. Returns the body of the answer. */
  receive(draft: Draft, message: Message): Uint8Array;
  /** What the answer does to the sender, which may have closed meanwhile (B2). */
  answered(draft: Draft, message: Message, answer: MessageAnswer): void;
}
