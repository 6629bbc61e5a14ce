import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNodeDirectory } from '@perdure/file-node';
import {
  type LastingLog,
  lastingLogContract,
  logContract,
} from '@perdure/ports/contract/log.contract';
import { VolatileDirectory } from '@perdure/testing/volatile-directory';
import { afterAll } from 'vitest';
import { openLocalLogPartition } from './local-log-partition.ts';
import { openThreadedLog } from './threaded-log.ts';

const root = mkdtempSync(join(tmpdir(), 'perdure-log-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

/** Small enough for a contract's few records to fill several segments. */
const small = { segmentBytes: 4096, fillBytes: 1024, aheadBytes: 2048 };

function bothContracts(name: string, open: () => Promise<LastingLog>): void {
  logContract(name, open);
  lastingLogContract(name, open);
}

for (const [size, options] of [
  ['default', {}],
  ['small', small],
] as const) {
  bothContracts(`LocalLog on a volatile directory, ${size} segments`, async () => {
    const directory = new VolatileDirectory();
    const open = () => openLocalLogPartition(directory, options);
    return { log: await open(), again: open };
  });

  bothContracts(`LocalLog on the file system, ${size} segments`, async () => {
    const directory = openNodeDirectory(join(root, String(count++)));
    const open = () => openLocalLogPartition(directory, options);
    return { log: await open(), again: open };
  });
}

bothContracts('ThreadedLog', async () => {
  const path = join(root, String(count++));
  const open = () => openThreadedLog(path, small);
  return { log: await open(), again: open };
});
