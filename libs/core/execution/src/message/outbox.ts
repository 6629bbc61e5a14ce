// The sender's side (X1-X3): a message is in the run's state from the transition that sends it until its key is released.
//
// B1. A message is sent by the transition that decides on it, and is answered once; what the answer means to the run happens
//     in the transition that records it.
// B2. A closed run goes on with its messages: what it has sent is under way, whatever became of it (S4).
// B3. An answered message stays, without its body, until the target has let go of its key (X3).

import { assert, noBytes } from '@perdure/kernel';
import { conclude } from '../conclude.ts';
import { Draft, type Transition } from '../draft.ts';
import type { Moment } from '../limits.ts';
import type { ExecutionState } from '../state.ts';
import { rulesOf } from './kinds.ts';
import { type MessageAnswer, OutboxPhase } from './message.ts';

/** The definite answer to a message; null: it has been recorded (B1), so there is nothing to do. */
export function recordAnswer(
  state: ExecutionState,
  { answer, id, ...at }: { readonly id: string; readonly answer: MessageAnswer } & Moment,
): Transition | null {
  const message = state.outbox.get(id);
  if (message?.phase !== OutboxPhase.Unanswered) return null;
  const rules = rulesOf(message.kind);
  assert(rules !== null, `what was sent as ${message.kind} is known`);
  const draft = new Draft(state, at);
  const version = state.progress.version + 1;
  draft.setMessage({ ...message, body: noBytes, phase: OutboxPhase.Releasing, version });
  rules.answered(draft, message, answer);
  return conclude(draft).transition;
}

/** The target has let go of the keys of these messages (B3); null: all that is known already. */
export function recordReleased(
  state: ExecutionState,
  { ids, ...at }: { readonly ids: readonly string[] } & Moment,
): Transition | null {
  const released = ids.filter((id) => state.outbox.get(id)?.phase === OutboxPhase.Releasing);
  if (released.length === 0) return null;
  const draft = new Draft(state, at);
  for (const id of released) draft.removeMessage(id);
  return conclude(draft).transition;
}
