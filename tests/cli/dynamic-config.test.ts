// Dynamic configuration of a server process: from the command line and from a file that changes.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespace, RawClient } from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { decodeEvents } from '@perdure/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { perdurePath, runFile } from './perdure.ts';

let folder = '';
let file = '';
let server: PerdureServer | undefined;
let client: RawClient | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-settings-'));
  file = join(folder, 'settings.yaml');
});
afterEach(async () => {
  client?.close();
  await server?.kill();
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function start(...args: readonly string[]): Promise<RawClient> {
  server = await PerdureServer.start({ args });
  client = new RawClient(server.address);
  await client.call('StartWorkflowExecution', {
    namespace,
    workflowId: 'w',
    workflowType: { name: 'Idle' },
    taskQueue: { name: 'nobody' },
    requestId: 'r',
  });
  return client;
}

async function pageSize(raw: RawClient): Promise<number> {
  const execution = { workflowId: 'w' };
  const { history } = await raw.call('GetWorkflowExecutionHistory', { namespace, execution });
  return decodeEvents(history).length;
}

test('--dynamic-config-value takes effect and wins over the file; unknown names are warned of', async () => {
  writeFileSync(
    file,
    'frontend.historyMaxPageSize: [{ value: 2 }]\nfrontend.histroyMaxPageSize: [{ value: 2 }]\n',
  );
  const value = ['--dynamic-config-value', 'Frontend.HistoryMaxPageSize=1'];
  const raw = await start('--dynamic-config-file', file, ...value);
  expect(await pageSize(raw)).toBe(1);
  expect(server?.logs).toContain('did you mean frontend.historyMaxPageSize?');
});

test('a changed file takes effect while the server runs, a broken one changes nothing', async () => {
  writeFileSync(file, 'frontend.historyMaxPageSize: [{ value: 1 }]\n');
  const raw = await start('--dynamic-config-file', file);
  expect(await pageSize(raw)).toBe(1);
  writeFileSync(file, 'frontend.historyMaxPageSize: [{ value: 2 }]\n');
  await expect.poll(() => pageSize(raw), { timeout: 15_000, interval: 200 }).toBe(2);
  writeFileSync(file, 'frontend.historyMaxPageSize: 3\n');
  await expect
    .poll(() => server?.logs, { timeout: 15_000, interval: 200 })
    .toContain('the dynamic configuration stays as it was');
  expect(await pageSize(raw)).toBe(2);
});

test('a value of the wrong type, or a file that is not there, is one line at the start', async () => {
  const flags = ['server', 'start-dev', '--headless', '--port', '0'];
  const bad = ['--dynamic-config-value', 'frontend.historyMaxPageSize="all"'];
  const value = await runFile(perdurePath, [...flags, ...bad]);
  expect({ code: value.code, stderr: value.stderr }).toEqual({
    code: 1,
    stderr:
      'Error: frontend.historyMaxPageSize (--dynamic-config-value): "all" is no value for it: write a whole number from 1\n',
  });
  const missing = await runFile(perdurePath, flags, { DYNAMIC_CONFIG_FILE_PATH: file });
  expect(missing.stderr).toBe(`Error: cannot read ${file}: there is no such file\n`);
});
