// Messages between runs as an operator is shown them.

import {
  AnswerCode,
  type DedupKey,
  decodeAnswer,
  type OutboxMessage,
  OutboxPhase,
  type Probe,
  ProbeEvent,
} from '@perdure/core-execution';
import type { DedupKeyView, OutboxMessageView, ProbeView } from '@perdure/wire/operator';

const phases: Readonly<Record<number, string>> = {
  [OutboxPhase.Unanswered]: 'unanswered',
  [OutboxPhase.Releasing]: 'releasing',
};
const probeEvents: Readonly<Record<number, string>> = {
  [ProbeEvent.Sent]: 'sent',
  [ProbeEvent.Received]: 'received',
  [ProbeEvent.Answered]: 'answered',
};
const answers: Readonly<Record<number, string>> = {
  0: '',
  [AnswerCode.Done]: 'done',
  [AnswerCode.NotFound]: 'not found',
  [AnswerCode.Closed]: 'closed',
};

const nameOf = (names: Readonly<Record<number, string>>, code: number): string =>
  names[code] ?? String(code);

export function outboxView(message: OutboxMessage): OutboxMessageView {
  const { id: messageId, namespaceId, phase, runId, workflowId } = message;
  return { messageId, namespaceId, workflowId, runId, phase: nameOf(phases, phase) };
}

export function probeView({ code, messageId, text, what }: Probe): ProbeView {
  return { messageId, what: nameOf(probeEvents, what), text, answer: nameOf(answers, code) };
}

export function keyView({ answer, expiresAtUs, key, runId }: DedupKey): DedupKeyView {
  const code = answer === undefined ? 0 : decodeAnswer(answer).code;
  return { key, runId, expiresAtUs, answer: nameOf(answers, code) };
}
