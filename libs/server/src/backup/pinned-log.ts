// The log of a server that may be copied: while somebody copies it, nothing is trimmed.

import type { CopiedLog } from '@perdure/ports';

export interface PinnableLog extends CopiedLog {
  /** From now on nothing is trimmed. Returns what ends that; what was to be trimmed meanwhile goes then. */
  pin(): () => Promise<void>;
}

export function pinnable(log: CopiedLog): PinnableLog {
  let pins = 0;
  let wanted = 0;
  return {
    append: (records) => log.append(records),
    read: (fromOffset, maxBytes) => log.read(fromOffset, maxBytes),
    endOffset: () => log.endOffset(),
    lowMark: () => log.lowMark(),
    extent: () => log.extent(),
    close: () => log.close(),
    trim: async (offset) => {
      wanted = Math.max(wanted, offset);
      if (pins === 0) await log.trim(wanted);
    },
    pin: () => {
      pins += 1;
      let pinned = true;
      return async () => {
        if (!pinned) return;
        pinned = false;
        pins -= 1;
        if (pins === 0 && wanted > 0) await log.trim(wanted);
      };
    },
  };
}
