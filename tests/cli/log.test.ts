// `perdure log verify` and `perdure log dump`: on what a server left, beside one that runs, and on damaged files.

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openThreadedLog } from '@perdure/log-local';
import { RawClient, ScriptedRun } from '@perdure/testing/golden';
import { PerdureServer, usesForeignServer } from '@perdure/testing/harness';
import { seededRandom } from '@perdure/testing/seeded-random';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { filesOf, unpackDirectory } from '../formats/packed-directory.ts';
import { type Ended, perdurePath, runInside } from './perdure.ts';

const corpus = join(import.meta.dirname, '../formats/corpus/first-version/files');
const segment = 'perdure.db.log/0000000000000000.segment';
const seed = 20_261;

let sound = '';
beforeAll(() => {
  sound = mkdtempSync(join(tmpdir(), 'perdure-log-'));
  unpackDirectory(corpus, sound);
});
afterAll(() => rmSync(sound, { recursive: true }));

function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(sound, folder, { recursive: true });
  return folder;
}

const run = (...args: readonly string[]): Promise<Ended> => runInside(args, {});

interface Report {
  readonly ok: boolean;
  readonly notes: readonly string[];
  readonly faults: readonly { rule: string; what: string; where: string; runs: unknown[] }[];
  readonly runsTouched: readonly { workflowId: string }[];
}

async function verify(folder: string): Promise<{ ended: Ended; report: Report }> {
  const ended = await run('log', 'verify', folder, '-o', 'json');
  return { ended, report: JSON.parse(ended.stdout) as Report };
}

/** Changes the bytes of a file; the other way round twice is the same. */
function flip(path: string, at: number, mask = 0xff): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ mask;
  writeFileSync(path, bytes);
}

const lastRecordByte = (path: string): number =>
  readFileSync(path).findLastIndex((byte) => byte !== 0);

test('a directory of a killed server is in order, by any of its names, and is left as it was', async () => {
  const folder = copy();
  const before = filesOf(folder).filter((name) => !name.endsWith('-shm'));
  for (const name of [folder, join(folder, 'perdure.db'), join(folder, 'perdure.db.log')]) {
    const ended = await run('log', 'verify', name);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/Transitions +110\n/);
    expect(ended.stdout).toMatch(/Void frames +1 stale\n/);
    expect(ended.stdout).toContain('1 runs are quarantined');
    expect(ended.stdout).toContain('Everything is in order.\n');
  }
  expect(filesOf(folder).filter((name) => !name.endsWith('-shm'))).toEqual(before);
  for (const name of before) {
    expect(readFileSync(join(folder, name)).equals(readFileSync(join(sound, name)))).toBe(true);
  }
});

test('a flipped byte is named by segment and offset, with the runs it touches', async () => {
  const folder = copy();
  const dumped = await run('log', 'dump', folder, '-w', 'ends in the tail', '-o', 'jsonl');
  const offsets = dumped.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { offset: number }).offset);
  const path = join(folder, segment);
  const bytes = readFileSync(path);
  // The place of the run's second to last transition: found by its run id.
  const place = bytes.lastIndexOf('ends in the tail', bytes.lastIndexOf('ends in the tail') - 1);
  flip(path, place + 200);
  const { ended, report } = await verify(folder);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^Error: \d+ faults? found: [^\n]+\n$/);
  expect(report.ok).toBe(false);
  const [damage] = report.faults;
  expect(damage).toMatchObject({ rule: 'L11' });
  expect(damage?.where).toMatch(/^offset \d+ \(0{16}\.segment, byte \d+\)$/);
  expect(offsets).toContain(Number(/\d+/.exec(damage?.where ?? '')?.[0]));
  expect(report.runsTouched.map(({ workflowId }) => workflowId)).toContain('ends in the tail');
});

test('a torn tail is a note: a server cuts it off', async () => {
  const folder = copy();
  const path = join(folder, segment);
  flip(path, lastRecordByte(path));
  const { ended, report } = await verify(folder);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(report.notes.join()).toContain('a torn tail');
});

test.each([
  ['no store', (folder: string) => rmSync(join(folder, 'perdure.db')), /perdure\.db is missing/],
  [
    'no log',
    (folder: string) => rmSync(join(folder, 'perdure.db.log'), { recursive: true }),
    /does not exist|holds no log/,
  ],
  [
    'an empty segment',
    (folder: string) => truncateSync(join(folder, segment), 0),
    /the log ends at offset 0/,
  ],
  [
    'half a segment',
    (folder: string) => truncateSync(join(folder, segment), 4_000),
    /applied|ends at offset/,
  ],
  [
    'another store',
    (folder: string) => writeFileSync(join(folder, 'perdure.db'), 'no database'),
    /file is not a database/,
  ],
  [
    'an empty store',
    (folder: string) =>
      ['', '-wal'].forEach((end) => writeFileSync(join(folder, `perdure.db${end}`), '')),
    /is not the store of a server/,
  ],
  [
    'a foreign segment',
    (folder: string) => writeFileSync(join(folder, 'perdure.db.log/x.segment'), ''),
    /is not a name that the log gives/,
  ],
])('%s: one line that says so', async (_name, harm, says) => {
  const folder = copy();
  harm(folder);
  const { code, stderr } = await run('log', 'verify', folder);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Error: [^\n]+\n$/);
  expect(stderr).toMatch(says);
});

test('whatever is damaged, the answer is a verdict and never a stack; no damage that an opening refuses is passed', {
  timeout: 120_000,
}, async () => {
  const random = seededRandom(seed);
  const end = lastRecordByte(join(sound, segment));
  let refused = 0;
  for (let round = 0; round < 25; round++) {
    const folder = copy();
    const name = random() < 0.7 ? segment : 'perdure.db';
    const path = join(folder, name);
    const size = name === segment ? end * 1.1 : readFileSync(path).length;
    const at = Math.floor(random() * size);
    const harm = random();
    if (harm < 0.6) flip(path, at, 1 << Math.floor(random() * 8));
    else if (harm < 0.8) truncateSync(path, at);
    else writeFileSync(path, readFileSync(path).fill(0, at, at + 100));
    const told = `round ${round}: ${name} at ${at}`;
    for (const args of [
      ['log', 'verify', folder],
      ['log', 'dump', folder, '--payloads'],
    ]) {
      const { code, stderr } = await run(...args);
      expect({ told, line: stderr.replace(/^Error: [^\n]+\n$/, '') }).toEqual({ told, line: '' });
      expect([0, 1]).toContain(code);
    }
    const { ended } = await verify(folder);
    const opens = await openThreadedLog(join(folder, 'perdure.db.log')).then(
      (log) => log.close().then(() => true),
      () => false,
    );
    if (!opens) refused += 1;
    expect({ told, passed: ended.code === 0 && !opens }).toEqual({ told, passed: false });
  }
  expect(refused).toBeGreaterThan(3);
});

test('dump shows one workflow, hides what users gave, and stops with its reader', async () => {
  const lines = async (...args: readonly string[]): Promise<string> =>
    (await run('log', 'dump', sound, ...args)).stdout;
  const hidden = await lines('-w', 'furnished');
  expect(hidden).toContain('"furnished"');
  expect(hidden).toContain('1 WorkflowExecutionStarted, 2 WorkflowTaskScheduled');
  expect(hidden).not.toContain('größer');
  expect(hidden).not.toContain('"waiting"');
  expect(await lines('-w', 'furnished', '--payloads')).toContain('größer');
  const all = JSON.parse(await lines('-o', 'json')) as { kind: string; offset: number }[];
  expect(all.filter(({ kind }) => kind === 'transition')).toHaveLength(111);
  expect(await lines('-o', 'json')).not.toContain('größer');
  const some = JSON.parse(await lines('--from', '50', '--to', '52', '-o', 'json')) as typeof all;
  expect([...new Set(some.map(({ offset }) => offset))]).toEqual([50, 51, 52]);
  const command = '"$0" log dump "$1" | head -n 1';
  const options = ['-o', 'pipefail', '-c', command, perdurePath, sound];
  expect(execFileSync('/bin/bash', options, { encoding: 'utf8' })).toContain('announce');
});

test.skipIf(usesForeignServer())(
  'a server that has the directory goes on serving, and is named',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'perdure-log-'));
    const server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db') });
    const raw = new RawClient(server.address);
    onTestFinished(async () => {
      raw.close();
      await server.kill();
      rmSync(folder, { recursive: true });
    });
    for (let at = 0; at < 20; at++) await ScriptedRun.start(raw);
    const ended = await run('log', 'verify', folder);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(
      new RegExp(`^Note: a server has the directory \\(process ${server.pid}, [^\\n]+\\n$`),
    );
    await ScriptedRun.start(raw);
    await server.terminate();
    const before = readdirSync(folder);
    expect(await run('log', 'verify', folder)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder)).toEqual(before);
  },
);
