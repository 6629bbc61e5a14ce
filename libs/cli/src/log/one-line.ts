// Faults of storage are the operator's to mend: one line.

import { CommandError } from '../command.ts';

/** Passes on what the call gives; a fault that names its place and cure becomes a CommandError. */
export async function oneLine<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException;
    if (name !== 'StorageFault' && code === undefined) throw error;
    throw new CommandError(message, { cause: error });
  }
}
