// Backups of a server that goes on, and what they are worth: restored, opened beside the live one, continued.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawClient, readHistory, WireStatus } from '@perdure/testing/golden';
import { PerdureServer, usesForeignServer } from '@perdure/testing/harness';
import { seededRandom } from '@perdure/testing/seeded-random';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { type Ended, runInside } from '../cli/perdure.ts';
import { seed } from '../crash/crash-seed.ts';
import { filesOf } from '../formats/packed-directory.ts';
import { copyFaults, finish, type ModelRun, Traffic } from './traffic.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function serverOn(dbFilename: string): Promise<{ server: PerdureServer; client: RawClient }> {
  const server = await PerdureServer.start({ dbFilename });
  onTestFinished(() => server.kill());
  onTestFailed(() => console.log(server.logs));
  const client = new RawClient(server.address);
  onTestFinished(() => client.close());
  return { server, client };
}

const run = (...args: readonly string[]): Promise<Ended> => runInside(args, {});
const backup = (server: PerdureServer, destination: string): Promise<Ended> =>
  run('operator', 'backup', destination, '--address', server.address, '-o', 'json');

async function ok(ended: Promise<Ended>): Promise<string> {
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Runs the job for each, a few at a time, and gathers what it returns. */
async function gather(
  items: readonly ModelRun[],
  job: (item: ModelRun) => Promise<string[]>,
): Promise<string[]> {
  const left = [...items];
  const faults: string[] = [];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      faults.push(...(await job(item)));
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return faults;
}

async function exists(client: RawClient, run: ModelRun): Promise<boolean> {
  try {
    return (await readHistory(client, run)).length > 0;
  } catch (error) {
    if (error instanceof WireStatus && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

test.skipIf(usesForeignServer())(
  'under load: what was acknowledged before the backup began is in it, what came after is a prefix, and runs go on',
  { timeout: 120_000 },
  async () => {
    const folder = newFolder();
    const { server, client } = await serverOn(join(folder, 'live.db'));
    const traffic = new Traffic(client, 8);
    // Long enough for folds of open runs: part of the state is in the store, part in the tail alone.
    await sleep(7_000);
    const before = traffic.model();
    const callsBefore = traffic.calls;
    const destination = join(folder, 'backup');
    const made = JSON.parse(await ok(backup(server, destination))) as Record<string, number>;
    await sleep(300);
    expect(traffic.calls).toBeGreaterThan(callsBefore);
    await traffic.stop();
    expect(made['appliedOffset']).toBeGreaterThan(0);
    expect(made['endOffset']).toBeGreaterThan(made['appliedOffset'] ?? 0);

    const verified = JSON.parse(await ok(run('log', 'verify', destination, '-o', 'json'))) as {
      ok: boolean;
    };
    expect(verified.ok).toBe(true);
    const restoredDb = join(folder, 'restored', 'again.db');
    await ok(run('server', 'restore', destination, '--db-filename', restoredDb));
    const copy = await serverOn(restoredDb);
    const faults = await gather(before, (model) => copyFaults(model, copy.client, client));
    expect(faults).toEqual([]);
    // What began after the backup may be in it; what is must be a beginning of what is live.
    const later = traffic.model().slice(before.length);
    const present: ModelRun[] = [];
    for (const model of later) {
      if (await exists(copy.client, model)) present.push({ ...model, acknowledged: [] });
    }
    expect(await gather(present, (model) => copyFaults(model, copy.client, client))).toEqual([]);
    const continued = before.filter((_run, at) => at % 5 === 0);
    expect(await gather(continued, (model) => finish(model, copy.client))).toEqual([]);
    await copy.server.terminate();
    await ok(run('log', 'verify', restoredDb));
    console.log(
      `${before.length} runs acknowledged before the backup, ${present.length} of ${later.length} later ones in it, ` +
        `${continued.length} continued; log ${made['appliedOffset']} to ${made['endOffset']}`,
    );
  },
);

test.skipIf(usesForeignServer())(
  'the server killed while it backs up: never half a backup under the name',
  { timeout: 120_000 },
  async () => {
    const random = seededRandom(seed);
    const folder = newFolder();
    const { server, client } = await serverOn(join(folder, 'live.db'));
    const traffic = new Traffic(client, 4);
    await sleep(2_000);
    await traffic.stop();
    const [first] = traffic.model();
    const outcomes: string[] = [];
    for (let round = 0; round < 5; round++) {
      const destination = join(folder, `backup-${round}`);
      const asked = backup(server, destination);
      await sleep(20 + random() * 500);
      await server.kill();
      await asked;
      if (existsSync(destination)) {
        const restored = join(folder, `restored-${round}.db`);
        await ok(run('server', 'restore', destination, '-f', restored));
        await ok(run('log', 'verify', restored));
      } else {
        const refused = await run(
          'server',
          'restore',
          `${destination}.partial`,
          '-f',
          join(folder, 'x.db'),
        );
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(/^Error: [^\n]*(it is no backup|manifest)[^\n]*\n$/);
      }
      outcomes.push(existsSync(destination) ? 'whole' : 'none');
      await server.start();
    }
    console.log(`seed ${seed}: ${outcomes.join(', ')}`);
    const last = join(folder, 'last');
    await ok(backup(server, last));
    await ok(run('server', 'restore', last, '-f', join(folder, 'last.db')));
    const copy = await serverOn(join(folder, 'last.db'));
    expect(
      await gather(first === undefined ? [] : [first], (model) =>
        copyFaults(model, copy.client, client),
      ),
    ).toEqual([]);
  },
);

test.skipIf(usesForeignServer())(
  'what cannot be: one line each, and nothing is overwritten or left behind',
  async () => {
    const folder = newFolder();
    const { server } = await serverOn(join(folder, 'live.db'));
    const destination = join(folder, 'backup');
    await ok(backup(server, destination));
    const whole = filesOf(destination);
    const fails = async (ended: Promise<Ended>, says: RegExp): Promise<void> => {
      const { code, stderr } = await ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(/^Error: [^\n]+\n$/);
      expect(stderr).toMatch(says);
    };
    await fails(backup(server, destination), /exists: nothing is overwritten/);
    await fails(backup(server, join(folder, 'no/such')), /could not be written/);
    const restore = (source: string, to: string): Promise<Ended> =>
      run('server', 'restore', source, '-f', join(folder, to));
    await fails(restore(destination, 'live.db'), /live\.db exists: nothing is overwritten/);
    await fails(restore(folder, 'new.db'), /has no manifest\.json/);
    await fails(restore(join(folder, 'nowhere'), 'new.db'), /has no manifest\.json/);
    await fails(run('server', 'restore', destination), /--db-filename/);
    const store = join(destination, 'perdure.db');
    const bytes = readFileSync(store);
    bytes[5_000] = (bytes[5_000] ?? 0) ^ 1;
    writeFileSync(store, bytes);
    await fails(restore(destination, 'new.db'), /is not what its checksum says/);
    rmSync(store);
    await fails(restore(destination, 'new.db'), /is missing: the backup is not whole/);
    const manifest = readFileSync(join(destination, 'manifest.json'), 'utf8');
    writeFileSync(
      join(destination, 'manifest.json'),
      manifest.replace('"record": 1', '"record": 99'),
    );
    await fails(restore(destination, 'new.db'), /has record format 99/);
    writeFileSync(join(destination, 'manifest.json'), manifest.slice(0, 40));
    await fails(restore(destination, 'new.db'), /manifest\.json that cannot be read/);
    expect(filesOf(folder).filter((name) => /restoring|new\.db|partial/.test(name))).toEqual([]);
    expect(whole).toContain('perdure.db.log/token.key');
  },
);

test.skipIf(usesForeignServer())(
  'a server in memory says that there is nothing to back up',
  async () => {
    const server = await PerdureServer.start();
    onTestFinished(() => server.kill());
    const { code, stderr } = await backup(server, join(newFolder(), 'backup'));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'Error: this server keeps everything in memory: there is nothing to back up\n',
    });
  },
);
