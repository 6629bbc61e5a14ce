// The server of the bench of idle runs, in a process of its own: answers what it holds in memory after a collection.
//
// node --expose-gc server.main.ts DB-FILE SETTINGS-FILE

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { getHeapSnapshot } from 'node:v8';
import { startEmbeddedServer } from '@perdure/server';

/** What the parent asks. */
export type Question =
  | { readonly kind: 'memory' }
  | { readonly kind: 'snapshot'; readonly file: string };

export interface Memory {
  readonly heapBytes: number;
  /** Of array buffers and other memory beside the heap. */
  readonly externalBytes: number;
  readonly loadedRuns: number;
  readonly idleRuns: number;
  readonly unapplied: number;
  readonly armedTimers: number;
}

const [dbFilename, settings] = process.argv.slice(2) as [string, string];
const server = await startEmbeddedServer({
  ip: '127.0.0.1',
  port: 0,
  namespaces: ['default'],
  dbFilename,
  logLevel: 'warn',
  logFormat: 'text',
  sqlitePragmas: {},
  metricsPort: null,
  dynamicConfig: { file: settings, values: {} },
});

function memory(): Memory {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('start it with --expose-gc');
  for (let rounds = 0; rounds < 3; rounds++) collect();
  const { heapUsed, external } = process.memoryUsage();
  const { counts } = server.history;
  return {
    heapBytes: heapUsed,
    externalBytes: external,
    loadedRuns: counts.loadedRuns(),
    idleRuns: counts.idleRuns(),
    unapplied: counts.unappliedTransitions(),
    armedTimers: counts.armedTimers(),
  };
}

async function answer(question: Question): Promise<void> {
  if (question.kind === 'snapshot') {
    await pipeline(getHeapSnapshot(), createWriteStream(question.file));
  }
  process.send?.(memory());
}

process.on('message', (question: Question) => void answer(question));
process.on('disconnect', () => void server.stop(0).then(() => process.exit(0)));
process.send?.({ address: server.address });
