// The log of a simulated server: its lines are notes of the trace, and some of them must never come.

import type { ServicesOptions } from '@perdure/server/services';
import { InjectedFault } from './store-troubles.ts';
import type { Trace } from './trace.ts';

/** Lines that are faults of the server, unless the world made the error in them. */
const neverLines = new Set([
  'a run is quarantined',
  'a call failed by an error of the server',
  'an answer could not be given out',
]);

/** `onBug` hears of lines that must not come; `excused`: the world made the error. */
export function serverLines(
  trace: Trace,
  onBug: (text: string) => void,
  excused: (error: unknown) => boolean = (error) => error instanceof InjectedFault,
): ServicesOptions['log'] {
  const noted =
    (level: string): ServicesOptions['log']['error'] =>
    (message, fields) => {
      const error = fields?.error;
      const cause =
        error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
      const text = error === undefined ? message : `${message}: ${cause}`;
      trace.note(`${level}: ${text}`);
      if (neverLines.has(message) && !excused(error)) onBug(`${text}${stackOf(error)}`);
    };
  return {
    debugs: false,
    debug: () => undefined,
    info: noted('info'),
    warn: noted('warn'),
    error: noted('error'),
  };
}

/** The place where it was thrown. */
function stackOf(error: unknown): string {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4) : [];
  return frames
    .map((frame) => frame.replace(/^\s+at (\S+).*\/([^/]+:\d+):\d+\)?$/, ' < $1 $2'))
    .join('');
}
