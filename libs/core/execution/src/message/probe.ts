// Probes: messages that do nothing but arrive. Each end keeps a list of what it saw, so that a checker can count. No request
// of a client sends one; tests and the simulator do, to try what carries messages between runs before anything needs it.

import { type Codec, ownCodec } from '@perdure/wire';
import { alreadyCompleted, type Decision, decided, refused } from '../decision.ts';
import { Draft } from '../draft.ts';
import type { Moment } from '../limits.ts';
import { type ExecutionState, isRunning } from '../state.ts';
import type { MessageTarget } from './message.ts';
import type { MessageRules } from './rules.ts';
import { sendMessage } from './send.ts';

export const ProbeEvent = { Sent: 1, Received: 2, Answered: 3 } as const;

/** See proto/perdure/state.proto. */
export interface Probe {
  readonly messageId: string;
  readonly what: number;
  readonly text: string;
  readonly code: number;
}

const textCodec: Codec<{ text: string }, { text: string }> = ownCodec(
  'state',
  'perdure.state.v1.ProbeText',
);

export interface ProbeInput extends Moment {
  readonly to: readonly { readonly target: MessageTarget; readonly text: string }[];
}

/** Sends the probes in their order; answers with their ids. */
export function sendProbes(state: ExecutionState, { to, ...at }: ProbeInput): Decision<string[]> {
  if (!isRunning(state)) return refused(alreadyCompleted);
  const draft = new Draft(state, at);
  const version = state.progress.version + 1;
  const ids = to.map(({ target, text }, place) => {
    const body = textCodec.encode({ text });
    // One transition has one version, and a probe its place in it.
    const id = sendMessage(draft, { kind: 'probe', index: `${version}.${place}`, target, body });
    draft.probes.push({ messageId: id, what: ProbeEvent.Sent, text, code: 0 });
    return id;
  });
  return decided(draft, ids);
}

export const probeRules: MessageRules = {
  /** The answer says which one it was: a probe that is taken twice has two answers. */
  receive(draft, { id, body }) {
    const { text } = textCodec.decode(body);
    draft.probes.push({ messageId: id, what: ProbeEvent.Received, text, code: 0 });
    const place = draft.state.probes.length + draft.probes.length;
    return textCodec.encode({ text: String(place) });
  },

  answered(draft, { id }, { body, code }) {
    const { text } = textCodec.decode(body);
    draft.probes.push({ messageId: id, what: ProbeEvent.Answered, text, code });
  },
};
