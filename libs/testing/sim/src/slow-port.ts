// A storage port whose calls take virtual time: each is carried out some time after it was made, and answered some time
// after that, so that the caller may die, freeze or go on in between.

import type { Agenda, Host } from './agenda.ts';

export interface PortTiming {
  /** From the call to its effect, µs. */
  readonly effectUs: (method: string) => number;
  /** From the effect to the answer, µs. */
  readonly answerUs: (method: string) => number;
  /** Told of each call when it has its effect; throws to let it fail without one. */
  readonly onEffect: (method: string, given: readonly unknown[]) => void;
}

type Method = (...given: unknown[]) => Promise<unknown>;

/** The port as a process with a host of its own sees it. What is given is copied when the call is made. */
export function slowPort<T extends object>(
  agenda: Agenda,
  host: Host,
  port: T,
  timing: PortTiming,
): T {
  const call = (method: string, given: readonly unknown[]): Promise<unknown> => {
    const copies = structuredClone(given);
    return new Promise((resolve, rejectWith) => {
      const answer = (give: () => void): void => {
        agenda.after(timing.answerUs(method), host, give);
      };
      // The thread that does it lives and dies with its process.
      agenda.after(timing.effectUs(method), host, () => {
        try {
          timing.onEffect(method, copies);
        } catch (fault) {
          answer(() => rejectWith(fault));
          return;
        }
        (port as Record<string, Method>)[method]?.(...copies).then(
          (value) => answer(() => resolve(value)),
          (fault: unknown) => answer(() => rejectWith(fault)),
        );
      });
    });
  };
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...given: unknown[]) => call(name, given);
    },
  });
}
