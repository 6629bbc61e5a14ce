// The receiver's side (X2, X3): what a message does to the run it is for. Called only for a message that is new to the
// workflow id; a repeat gets the answer that stands in the workflow id's keys.
//
// C1. What the message does, its answer and its key are one transition.
// C2. A negative answer changes no run: its key goes to the workflow id alone.

import { noBytes, type Rejection, reject } from '@perdure/kernel';
import { conclude } from '../conclude.ts';
import { Draft, type Transition } from '../draft.ts';
import { type DedupKey, untilReleased, type WorkflowDelta } from '../encoding.ts';
import type { Moment } from '../limits.ts';
import { type ExecutionState, isRunning } from '../state.ts';
import { rulesOf } from './kinds.ts';
import { AnswerCode, encodeAnswer, type Message, type MessageAnswer } from './message.ts';

export type Reception =
  | { readonly kind: 'taken'; readonly transition: Transition; readonly answer: MessageAnswer }
  | { readonly kind: 'refused'; readonly answer: MessageAnswer }
  /** No answer yet: the sender comes again. A transition that comes with it is to be committed all the same. */
  | {
      readonly kind: 'notNow';
      readonly rejection: Rejection;
      readonly transition: Transition | null;
    };

/** `state`: the run that the message is for; null: there is none. */
export function receiveMessage(
  state: ExecutionState | null,
  message: Message,
  at: Moment,
): Reception {
  const rules = rulesOf(message.kind);
  if (rules === null) {
    const text = `messages of kind ${message.kind} are not known here: a newer server sent it`;
    return { kind: 'notNow', rejection: reject('UNIMPLEMENTED', text), transition: null };
  }
  if (state === null) return refused(AnswerCode.NotFound);
  if (!isRunning(state)) return refused(AnswerCode.Closed);
  const draft = new Draft(state, at);
  const body = rules.receive(draft, message);
  const answer = { code: AnswerCode.Done, runId: state.run.runId, body };
  const { transition, problem } = conclude(draft, answeredDelta(message.id, answer));
  if (problem === null) return { kind: 'taken', transition, answer };
  // The run is terminated instead, and the message has not been taken: it will find a closed run.
  return { kind: 'notNow', rejection: reject('RESOURCE_EXHAUSTED', problem), transition };
}

function refused(code: number): Reception {
  return { kind: 'refused', answer: { code, runId: '', body: noBytes } };
}

/** Apart from the ids of clients (X1): no kind of request of theirs has this name. */
const keySpace = 'message:';

export function messageKeyName(id: string): string {
  return keySpace + id;
}

/** What the workflow id keeps of an answered message until it is released (X3). */
export function answeredDelta(id: string, answer: MessageAnswer): WorkflowDelta {
  const key: DedupKey = {
    key: messageKeyName(id),
    runId: answer.runId,
    expiresAtUs: untilReleased,
    answer: encodeAnswer(answer),
  };
  return { makesCurrent: false, keys: [key] };
}
