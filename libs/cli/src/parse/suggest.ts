// What an unknown flag was meant to be.

import { nearest } from '@perdure/kernel';

/** What an unknown flag was probably meant to be: `--type-Order` is `--type Order`, `--task-que` is `--task-queue`. */
export function suggestFlag(unknown: string, known: readonly string[]): string | undefined {
  const joined = known
    .filter((name) => unknown.startsWith(name) && /^[-+:.]./.test(unknown.slice(name.length)))
    .sort((a, b) => b.length - a.length)[0];
  if (joined !== undefined) return `--${joined} ${unknown.slice(joined.length + 1)}`;
  const near = nearest(unknown, known);
  return near === undefined ? undefined : `--${near}`;
}
