// Which names a task queue may have (wire-contract 0.2).

import { invalidArgument, type Rejection, utf8Length } from '@perdure/kernel';

const nameBytesMax = 1_000;
const reservedPrefix = '/_sys/';

/** Why a client may not name a task queue so; null when it may. */
export function refuseQueueName(name: string): Rejection | null {
  if (name === '') return invalidArgument('missing task queue name');
  if (utf8Length(name) > nameBytesMax) return invalidArgument('taskQueue length exceeds limit');
  if (name.startsWith(reservedPrefix)) {
    return invalidArgument(`task queue name cannot start with reserved prefix ${reservedPrefix}`);
  }
  return null;
}
