// `perdure server start-dev` as a process: what SDK test kits and people rely on.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { RawClient } from '@perdure/testing/golden';
import { PerdureServer } from '@perdure/testing/harness';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { perdurePath, runFile, runInside } from './perdure.ts';

let folder = '';
let server: PerdureServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-start-dev-'));
});
afterEach(async () => {
  await server?.kill();
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** What SDK test kits pass besides the port. */
const kitFlags = [
  '--namespace default --namespace second --ip 127.0.0.1 --log-format pretty --log-level warn',
  '--dynamic-config-value frontend.enableServerVersionCheck=false',
  '--dynamic-config-value system.enableEagerWorkflowStart=true',
  '--search-attribute CustomKeywordField=Keyword',
].flatMap((line) => line.split(' '));

const list = (address: string, ...flags: readonly string[]) =>
  runInside(['workflow', 'list', '-o', 'json', ...flags], { TEMPORAL_ADDRESS: address });

test('a server spawned as SDK test kits do answers within 5 s, in each namespace', async () => {
  const began = performance.now();
  server = await PerdureServer.start({ args: kitFlags, startTimeoutMs: 5_000 });
  expect(performance.now() - began).toBeLessThan(5_000);
  for (const namespace of ['default', 'second']) {
    expect(await list(server.address, '-n', namespace)).toEqual({
      code: 0,
      stdout: '[]\n',
      stderr: '',
    });
  }
  expect((await list(server.address, '-n', 'third')).stderr).toMatch(/^Error: .*third/);
  const client = new RawClient(server.address);
  for (const namespace of ['default', 'second']) {
    const { customAttributes } = await client.call('ListSearchAttributes', { namespace });
    expect(customAttributes).toEqual({ CustomKeywordField: 2 });
  }
  client.close();
});

test('the banner names the address, the persistence and the missing web interface', async () => {
  server = await PerdureServer.start();
  await expect.poll(() => server?.logs).toContain('Persistence:');
  expect(server.logs).toMatch(/^Perdure \d+\.\d+\.\d+ \(Node v24\./m);
  expect(server.logs).toContain(`Server:       localhost:${server.port}`);
  expect(server.logs).toMatch(/^Persistence: {2}in memory/m);
  expect(server.logs).not.toContain('UI:');
});

test('the process is the server itself: it has no children, and SIGKILL ends it', async () => {
  server = await PerdureServer.start();
  const { pid, address } = server;
  expect(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')).toBe('');
  await server.kill();
  expect((await list(address)).stderr).toContain(`no server answers at ${address}`);
});

test('SIGTERM drains and ends with 0', async () => {
  const script = 'timeout --preserve-status --signal TERM 3 "$0" "$@"';
  const flags = ['server', 'start-dev', '--headless', '--port', '0'];
  const ended = await runFile('/bin/sh', ['-c', script, perdurePath, ...flags]);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain('Server:');
  expect(ended.stderr).toContain('stopping');
});

test('a port that is taken is one line', async () => {
  server = await PerdureServer.start();
  const flags = ['server', 'start-dev', '--headless', '--port', String(server.port)];
  const { code, stdout, stderr } = await runFile(perdurePath, flags);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^Error: [^\n]*${server.port}[^\n]*\n$`));
});

test('with --db-filename workflows outlive the process, a killed one too', async () => {
  server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db') });
  const environment = { TEMPORAL_ADDRESS: server.address };
  const start = ['workflow', 'start', '--type', 'Idle', '-t', 'nobody', '-w'];
  for (const end of ['terminate', 'kill'] as const) {
    expect((await runInside([...start, end], environment)).code).toBe(0);
    await server[end]();
    await server.start();
    const { stdout } = await runInside(['workflow', 'show', '-w', end], environment);
    expect(stdout).toContain('WorkflowExecutionStarted');
  }
  expect(JSON.parse((await list(server.address)).stdout)).toHaveLength(2);
});

test('a command that waits for a result outlives a restart of the server', async () => {
  server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db') });
  const environment = { TEMPORAL_ADDRESS: server.address };
  const start = ['workflow', 'start', '--type', 'Idle', '-t', 'nobody', '-w', 'long'];
  expect((await runInside(start, environment)).code).toBe(0);
  const result = runInside(['workflow', 'result', '-w', 'long'], environment);
  await setTimeout(500);
  await server.kill();
  await server.start();
  const terminate = ['workflow', 'terminate', '-w', 'long', '--reason', 'enough'];
  expect((await runInside(terminate, environment)).code).toBe(0);
  expect(await result).toMatchObject({ code: 1, stderr: 'Error: workflow failed\n' });
  expect((await result).stdout).toContain('enough');
});

test('the test kit of the TypeScript SDK starts it as its local server', async () => {
  const executable = { type: 'existing-path' as const, path: perdurePath };
  const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
  try {
    const info = await environment.connection.workflowService.getSystemInfo({});
    expect(info.capabilities?.sdkMetadata).toBe(true);
  } finally {
    await environment.teardown();
  }
});
