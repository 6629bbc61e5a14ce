// The kinds of messages between runs.

import { probeRules } from './probe.ts';
import type { MessageRules } from './rules.ts';

const kinds: ReadonlyMap<string, MessageRules> = new Map([['probe', probeRules]]);

/** null: a message of a newer server. */
export function rulesOf(kind: string): MessageRules | null {
  return kinds.get(kind) ?? null;
}
