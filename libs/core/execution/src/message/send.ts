// How a decision on a run sends a message to another one (X1).

import { assert } from '@perdure/kernel';
import type { Draft } from '../draft.ts';
import { type MessageTarget, messageId, OutboxPhase } from './message.ts';

export interface SentMessage {
  readonly kind: string;
  /** G1: an event id, or another number that the run uses once for the kind. */
  readonly index: number | string;
  readonly target: MessageTarget;
  readonly body: Uint8Array;
}

/** Puts the message into the outbox; returns its id. */
export function sendMessage(draft: Draft, { body, index, kind, target }: SentMessage): string {
  const { namespaceId, workflowId, runId } = target;
  const id = messageId(kind, draft.state.run.runId, index);
  assert(draft.outbox.get(id) === undefined, `G1: message ${id} is sent once`);
  const version = draft.state.progress.version + 1;
  const phase = OutboxPhase.Unanswered;
  draft.setMessage({ id, kind, namespaceId, workflowId, runId, body, phase, version });
  return id;
}
