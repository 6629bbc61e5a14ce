// A port whose calls let the world go on until they are answered: for tests, and for whoever looks at storage when a
// world has ended.

import type { Agenda } from '../agenda.ts';

/** A call that is never answered fails after this much virtual time. */
const longestUs = 600e6;

/** Calls that are not answered, and what lets their world go on meanwhile: only one does. */
interface Waiting {
  calls: number;
  goingOn: Promise<void> | null;
}

const waiting = new WeakMap<Agenda, Waiting>();

export function promptly<T extends object>(agenda: Agenda, port: T): T {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        const answer: unknown = Reflect.apply(member, target, given);
        return answer instanceof Promise ? answered(agenda, answer) : answer;
      };
    },
  });
}

/** What the call came to; rejects when it came to nothing. */
export async function answered<T>(agenda: Agenda, answer: Promise<T>): Promise<T> {
  const of = waiting.get(agenda) ?? { calls: 0, goingOn: null };
  waiting.set(agenda, of);
  of.calls += 1;
  let settled = false;
  const settle = (): void => {
    settled = true;
    of.calls -= 1;
  };
  const known = answer.then(settle, settle);
  of.goingOn ??= goOn(agenda, of);
  await Promise.race([known, of.goingOn]);
  if (!settled) throw new Error('the call was never answered');
  return answer;
}

async function goOn(agenda: Agenda, of: Waiting): Promise<void> {
  const untilUs = agenda.nowUs + longestUs;
  while (of.calls > 0 && agenda.nowUs < untilUs) {
    await agenda.runUntil(untilUs, () => of.calls === 0);
  }
  of.goingOn = null;
}
