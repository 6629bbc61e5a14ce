// Directories written by every released format, opened by this version: what their clients were told is still told, the
// runs go on from where they stood, and what is kept here is never written to.

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { historyFaults, RawClient, readHistory, ScriptedRun } from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import type { JsonValue } from '@perdure/wire/full';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { corpusRuns } from './corpus-runs.ts';
import { currentFormats } from './current-formats.ts';
import { filesOf, unpackDirectory } from './packed-directory.ts';
import { describeRun, historyOf, listRuns, type Told, type ToldRun } from './told.ts';

const corpus = join(import.meta.dirname, 'corpus');
const names = readdirSync(corpus);

/** A corpus is older than any retention: its closed runs must not be deleted before they are looked at. */
const args = ['--dynamic-config-value', 'history.retentionInterval="1000h"'];

const toldOf = (name: string): Told =>
  JSON.parse(gunzipSync(readFileSync(join(corpus, name, 'told.json.gz'))).toString()) as Told;

function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesOf(folder)) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

/** The directory in a folder of its own, and a server on it; both go when the test ends. */
async function openCorpus(name: string): Promise<{ server: PerdureServer; client: RawClient }> {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-format-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  unpackDirectory(join(corpus, name, 'files'), folder);
  const server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db'), args });
  onTestFinished(() => server.kill());
  onTestFailed(() => console.log(server.logs));
  const client = new RawClient(server.address);
  onTestFinished(() => client.close());
  return { server, client };
}

/** Whether everything that `told` says is said by `now`; lists have the same length. */
function expectStillTold(now: unknown, told: JsonValue): void {
  expect(now).toMatchObject(told as object);
}

async function expectHistory(client: RawClient, told: ToldRun): Promise<void> {
  const history = await historyOf(client, told);
  const ended = corpusRuns[told.name]?.finish === undefined;
  expect(ended ? history : history.slice(0, told.history.length)).toEqual(told.history);
}

test('every format that this version writes has a corpus', () => {
  const formats = names.map((name) => toldOf(name).written.formats);
  expect(formats).toContainEqual(currentFormats);
});

test.each(names)(
  '%s: opens, tells what was told, and its runs go on to their end',
  async (name) => {
    const told = toldOf(name);
    const before = fingerprint(corpus);
    const { server, client } = await openCorpus(name);

    for (const run of told.runs) {
      await expectHistory(client, run);
      const description = await describeRun(client, run);
      if (corpusRuns[run.name]?.still === true) expectStillTold(description, run.description);
    }
    const listed = await listRuns(client);
    expect(Object.keys(listed).toSorted()).toEqual(Object.keys(told.listed).toSorted());

    await Promise.all(
      told.runs.map(async ({ name: kind, workflowId, runId, taskQueue, kept }) => {
        const run = new ScriptedRun(client, workflowId, taskQueue);
        run.runId = runId;
        await corpusRuns[kind]?.finish?.(run, kept);
      }),
    );
    const ends = await Promise.all(told.runs.map((run) => historyOf(client, run)));
    for (const run of told.runs) {
      await expectHistory(client, run);
      const events = await readHistory(client, run);
      expect({ run: run.name, faults: historyFaults(events) }).toEqual({
        run: run.name,
        faults: [],
      });
      const info = (await describeRun(client, run)) as {
        workflowExecutionInfo: { status: string };
      };
      expect(info.workflowExecutionInfo.status).not.toBe('WORKFLOW_EXECUTION_STATUS_RUNNING');
    }

    await server.terminate();
    await server.start();
    expect(await Promise.all(told.runs.map((run) => historyOf(client, run)))).toEqual(ends);
    expect(fingerprint(corpus)).toBe(before);
  },
);
