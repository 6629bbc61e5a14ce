// Stands before each test file of a trial: reports the blocks it came through, and lets a random test end at its first failure
// instead of looking for a smaller one.

import fc from 'fast-check';
import { afterEach } from 'vitest';

declare global {
  var perdureReached: Set<string> | undefined;
}

const reached = new Set<string>();
globalThis.perdureReached = reached;
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

afterEach(({ task }) => {
  Object.assign(task.file.meta, { reached: [...reached] });
});
