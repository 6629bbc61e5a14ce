// Messages between runs as data (X1-X3): what a run sends to another one, and what becomes of it there.
//
// G1. The id of a message is made of its kind, the run that sends it and a number of that run's own: whoever owns the run
//     finds the same id in its log, and no other message has it (X1).
// G2. An answer is definite: once it is logged at the target nobody is told anything else about the message (X2).

import { type Codec, ownCodec } from '@perdure/wire';

/** Where a message goes; without a run id, to the current run. */
export interface MessageTarget {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
}

export interface Message extends MessageTarget {
  readonly id: string;
  readonly kind: string;
  readonly body: Uint8Array;
}

export const OutboxPhase = { Unanswered: 1, Releasing: 2 } as const;

/** A message in the state of its sender. See proto/perdure/state.proto. */
export interface OutboxMessage extends Message {
  readonly phase: number;
  readonly version: number;
}

export const AnswerCode = {
  Done: 1,
  NotFound: 2,
  Closed: 3,
} as const;

export interface MessageAnswer {
  readonly code: number;
  /** The run that took the message; empty when none did. */
  readonly runId: string;
  readonly body: Uint8Array;
}

/** The message was taken: this cannot turn out wrong. Any other answer could, had the message been on its way twice (X2). */
export function isPositive({ code }: MessageAnswer): boolean {
  return code === AnswerCode.Done;
}

/** G1. `index`: an event id, or another number that the run uses once for a kind. */
export function messageId(kind: string, runId: string, index: number | string): string {
  return `${kind}:${runId}:${index}`;
}

/**
 * Messages of a run with the same lane arrive in the order in which they were sent. The run id does not part lanes: one
 * that names the current run and one that does not go to the same place.
 */
export function laneOf({ namespaceId, workflowId }: MessageTarget): string {
  return `${namespaceId}\0${workflowId}`;
}

const answerCodec: Codec<MessageAnswer, MessageAnswer> = ownCodec(
  'state',
  'perdure.state.v1.MessageAnswer',
);

export function encodeAnswer(answer: MessageAnswer): Uint8Array {
  return answerCodec.encode(answer);
}

export function decodeAnswer(bytes: Uint8Array): MessageAnswer {
  const { code, runId, body } = answerCodec.decode(bytes);
  return { code, runId, body };
}
