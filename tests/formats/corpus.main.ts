// `npm run corpus -- NAME`: makes a data directory of this version and keeps it under corpus/NAME, with what its clients
// were told. To be run once for each release that writes a new format; what is kept is never made again.
//
// The directory is that of a server killed with some runs in the store, some in the tail of the log alone, and one
// quarantined.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RawClient, ScriptedRun } from '@perdure/testing/golden';
import { PerdureServer, repositoryRoot } from '@perdure/testing/harness';
import { corpusRuns, type Keepsake } from './corpus-runs.ts';
import { currentFormats } from './current-formats.ts';
import { packDirectory } from './packed-directory.ts';
import { describeRun, historyOf, listRuns, type Told, type ToldRun } from './told.ts';
import { tearRun } from './torn-run.ts';

const bytesMax = 200 * 1024;
const database = 'perdure.db';

interface MadeRun {
  readonly name: string;
  readonly run: ScriptedRun;
  readonly kept: Keepsake;
}

async function beginRuns(client: RawClient): Promise<MadeRun[]> {
  const entries = Object.entries(corpusRuns).map(async ([name, { start, begin }]) => {
    const run = new ScriptedRun(client, name);
    run.runId = (await run.start(start)).runId;
    return { name, run, kept: (await begin?.(run)) ?? {} };
  });
  return Promise.all(entries);
}

async function tell(made: readonly MadeRun[], client: RawClient, torn: ScriptedRun): Promise<Told> {
  const runs = made.map(
    async ({ name, run, kept }): Promise<ToldRun> => ({
      name,
      workflowId: run.workflowId,
      runId: run.runId,
      taskQueue: run.taskQueue,
      kept,
      description: await describeRun(client, run.execution),
      history: await historyOf(client, run.execution),
    }),
  );
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  return {
    written: { commit, formats: currentFormats },
    runs: await Promise.all(runs),
    quarantined: [torn.execution],
    listed: await listRuns(client),
  };
}

/** Makes the directory in the folder, and returns what was told. */
async function makeDirectory(folder: string): Promise<Told> {
  const server = await PerdureServer.start({ dbFilename: join(folder, database) });
  const client = new RawClient(server.address);
  try {
    const torn = await ScriptedRun.start(client);
    await server.kill();
    await tearRun(join(folder, `${database}.log`), torn.runId);
    await server.start();
    const made = await beginRuns(client);
    // A polite end folds everything into the store.
    await server.terminate();
    await server.start();
    await Promise.all(made.map(async ({ name, run }) => corpusRuns[name]?.goOn?.(run)));
    const late = await ScriptedRun.start(client);
    const tail = { name: 'waiting', run: late, kept: {} };
    const told = await tell([...made, tail], client, torn);
    await server.kill();
    return told;
  } finally {
    client.close();
    await server.kill();
  }
}

const [name = ''] = process.argv.slice(2);
const target = join(repositoryRoot, 'tests/formats/corpus', name);
if (!/^[a-z0-9-]+$/.test(name) || existsSync(target)) {
  console.error('npm run corpus -- NAME: a new name of small letters, digits and dashes');
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'perdure-corpus-'));
try {
  const told = await makeDirectory(folder);
  mkdirSync(target, { recursive: true });
  const packed = gzipSync(JSON.stringify(told), { level: 9 });
  writeFileSync(join(target, 'told.json.gz'), packed);
  const bytes = packed.length + packDirectory(folder, join(target, 'files'));
  console.log(`${target}: ${bytes} bytes, ${told.runs.length} runs`);
  if (bytes > bytesMax) throw new Error(`a corpus has at most ${bytesMax} bytes`);
} catch (error) {
  rmSync(target, { recursive: true, force: true });
  throw error;
} finally {
  rmSync(folder, { recursive: true });
}
