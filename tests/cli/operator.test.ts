// `perdure operator ...` against a server that opened a directory with a run in quarantine.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient, ScriptedRun } from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpackDirectory } from '../formats/packed-directory.ts';
import { type Ended, runInside } from './perdure.ts';

const corpus = join(import.meta.dirname, '../formats/corpus/first-version/files');

let folder = '';
let server: PerdureServer;
let raw: RawClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-operator-'));
  unpackDirectory(corpus, folder);
  server = await PerdureServer.start({
    dbFilename: join(folder, 'perdure.db'),
    // The runs of the corpus are older than any retention.
    args: ['--dynamic-config-value', 'history.retentionInterval="1000h"'],
  });
  raw = new RawClient(server.address);
});
afterAll(async () => {
  raw.close();
  await server.kill();
  rmSync(folder, { recursive: true });
});

type Json = Readonly<Record<string, unknown>>;

const run = (...args: readonly string[]): Promise<Ended> =>
  runInside(args, { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' });

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const listed = async (): Promise<Json[]> =>
  JSON.parse(await ok('operator', 'quarantine', 'list', '-o', 'json')) as Json[];

test('quarantine list names the run and why; its reads say what to do; release says why it cannot', async () => {
  const [torn, ...others] = await listed();
  expect(others).toEqual([]);
  expect(torn).toMatchObject({ reason: 'version 4 follows version 1', transitionsKept: 1 });
  const reference = ['-w', String(torn?.['workflowId']), '-r', String(torn?.['runId'])];
  const table = await ok('operator', 'quarantine', 'list');
  expect(table).toContain('version 4 follows version 1');
  const described = await run('workflow', 'describe', ...reference);
  expect(described.code).toBe(1);
  expect(described.stderr).toMatch(/^Error: [^\n]*perdure operator quarantine release[^\n]*\n$/);
  const released = await run('operator', 'quarantine', 'release', ...reference);
  expect(released).toMatchObject({
    code: 1,
    stderr: 'Error: the run stays in quarantine: version 4 follows version 1\n',
  });
  expect(await listed()).toHaveLength(1);
  const view = await ok('operator', 'run', 'describe', ...reference, '--state');
  expect(view).toMatch(/Quarantined +version 4 follows version 1\n/);
  expect((await run('operator', 'quarantine', 'release', '-w', 'waiting')).stderr).toMatch(
    /^Error: run [0-9a-f-]{36} is not quarantined\n$/,
  );
});

test('run describe shows what the run waits for', async () => {
  const far = await ok('operator', 'run', 'describe', '-w', 'retry far', '--state');
  expect(far).toMatch(/activity 5 retried \(golden-activity\): backing off, attempt 2, on golden-/);
  const timer = JSON.parse(
    await ok('operator', 'run', 'describe', '-w', 'timer far', '--state', '-o', 'json'),
  ) as Json;
  expect(timer).toMatchObject({
    workflowId: 'timer far',
    quarantined: '',
    timers: [{ timerId: 'far', startedEventId: 5 }],
    activities: [],
    workflowTask: null,
  });
  expect(timer['headVersion']).toBe(timer['appliedVersion']);
  const short = JSON.parse(
    await ok('operator', 'run', 'describe', '-w', 'timer far', '-o', 'json'),
  ) as Json;
  expect(short['timers']).toBeUndefined();
  const fresh = await ScriptedRun.start(raw);
  const text = await ok('operator', 'run', 'describe', '-w', fresh.workflowId, '--state');
  expect(text).toMatch(/InMemory +yes, since its start\n/);
  expect(text).toMatch(/workflow task 2: scheduled, attempt 1, on golden-/);
  expect(text).toMatch(/Unapplied tail:\n {2}version 1, \d+ bytes, at offset \d+\n/);
  expect(text).toMatch(/Request ids:\n {2}start:/);
});

test('what is not there is one line', async () => {
  for (const args of [
    ['operator', 'run', 'describe', '-w', 'no-such'],
    ['operator', 'run', 'describe', '-w', 'waiting', '-n', 'no-such'],
    ['operator', 'quarantine', 'release', '-w', 'no-such'],
    ['operator', 'run', 'describe'],
  ]) {
    const { code, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
  }
});
