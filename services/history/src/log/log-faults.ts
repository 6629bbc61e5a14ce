// What a log shows that should not be, in words for whoever runs the server.

import { StorageFault } from '@perdure/ports';

/** A record is missing below the end of the log. */
export function hole(offset: number, endOffset: number): StorageFault {
  const message = `the log does not give the record at offset ${offset} although it ends at ${endOffset}`;
  return new StorageFault('corrupt', `${message}: restore the directory from a backup`);
}

/** Embedded, the directory is locked: whoever put records before a frame of ours should not be there. */
export function foreignWriter(offset: number): StorageFault {
  const message = `another process wrote to the log below offset ${offset}`;
  return new StorageFault(
    'locked',
    `${message}: a directory is for one server, stop the other one`,
  );
}
