import { expect, test } from 'vitest';
import { type GlobalValues, globalFlags } from '../flags/global.ts';
import { type StartDevValues, startDevFlags } from '../flags/start-dev.ts';
import { parseFlags } from '../parse/flags.ts';
import { banner } from './banner.ts';
import { serverOptions } from './server-options.ts';

function parse(line: string): [StartDevValues, GlobalValues] {
  const args = line.split(' ').filter(Boolean);
  const { values } = parseFlags(args, [...startDevFlags, ...globalFlags], {});
  return [values as unknown as StartDevValues, values as unknown as GlobalValues];
}

test('serverOptions are in memory, on the loopback address, with the default namespace', () => {
  expect(serverOptions(...parse(''))).toEqual({
    ip: '127.0.0.1',
    port: 7233,
    namespaces: ['default'],
    searchAttributes: {},
    dbFilename: null,
    logLevel: 'warn',
    logFormat: 'text',
    sqlitePragmas: {},
    metricsPort: 0,
    dynamicConfig: { file: null, values: {} },
  });
});

test('serverOptions of the line that SDK test kits spawn', () => {
  const line = [
    '--port 7000 --namespace one --namespace default --ip localhost --log-format pretty',
    '--log-level error --dynamic-config-value frontend.enableServerVersionCheck=false',
    '--dynamic-config-value a.b="x" --dynamic-config-file s.yaml --db-filename x.db',
    '--search-attribute CustomInt=int --sqlite-pragma synchronous=FULL --headless --metrics-port 7001',
  ].join(' ');
  expect(serverOptions(...parse(line))).toEqual({
    ip: '127.0.0.1',
    port: 7000,
    namespaces: ['default', 'one'],
    searchAttributes: { CustomInt: 3 },
    dbFilename: 'x.db',
    logLevel: 'error',
    logFormat: 'pretty',
    sqlitePragmas: { synchronous: 'FULL' },
    metricsPort: 7001,
    dynamicConfig: {
      file: 's.yaml',
      values: { 'frontend.enableServerVersionCheck': false, 'a.b': 'x' },
    },
  });
});

test.each([
  ['--dynamic-config-value a=b', 'the value of --dynamic-config-value a is not JSON: b'],
  ['--dynamic-config-value a', '--dynamic-config-value needs KEY=VALUE'],
  ['--search-attribute Size=Number', 'the type of search attribute Size is one of'],
  ['--metrics-port 70000', '--metrics-port is 0 to 65535, not 70000'],
  ['--sqlite-pragma fast', '--sqlite-pragma needs KEY=VALUE'],
])('serverOptions of %s fail: %s', (line, message) => {
  expect(() => serverOptions(...parse(line))).toThrow(message);
});

test('banner says where the server is, how long it remembers, and that there is no web interface', () => {
  const server = {
    address: '127.0.0.1:7233',
    metricsAddress: '127.0.0.1:9090',
    persistence: 'in memory',
  };
  const lines = banner(server, parse('')[0]);
  expect(lines[0]).toMatch(/^Perdure \d/);
  expect(lines.slice(2)).toEqual([
    'Server:       localhost:7233',
    'Metrics:      http://localhost:9090/metrics',
    'Persistence:  in memory',
    'UI:           not yet; port 8233 stays closed',
  ]);
  expect(banner(server, parse('--headless')[0]).join('\n')).not.toContain('UI');
});
