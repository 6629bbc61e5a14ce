// What the owner of a message's target does with an attempt that has arrived (X2, X3).

import { decodeAnswer, type MessageAnswer } from '@perdure/core-execution';
import type { DedupKeys } from './dedup.ts';

export type Arrival =
  /** The message was answered before: every repeat is told the same, whenever it comes. */
  | { readonly kind: 'repeat'; readonly answer: MessageAnswer }
  /** The attempt is too old to do anything. This says nothing of the message. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'new' };

/** To be asked in the turn in which the message would enter head; `nowUs` is the receiver's own time. */
export function judgeArrival(
  keys: DedupKeys,
  { messageId, expiresAtUs }: { readonly messageId: string; readonly expiresAtUs: number },
  nowUs: number,
): Arrival {
  const answer = keys.findMessage(messageId, nowUs)?.answer;
  if (answer !== undefined) return { kind: 'repeat', answer: decodeAnswer(answer) };
  return nowUs >= expiresAtUs ? { kind: 'expired' } : { kind: 'new' };
}
