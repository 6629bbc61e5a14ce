import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Flag } from '../command.ts';
import { connectionFlags } from '../flags/connection.ts';
import { globalFlags } from '../flags/global.ts';
import { parseFlags } from '../parse/flags.ts';
import { commandTable, groups } from './table.ts';

function flagsOf(name: string): readonly Flag[] {
  const command = commandTable.find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  return [...command.flags, ...(command.connects ? connectionFlags : []), ...globalFlags];
}

const names = commandTable.map(({ name }) => name);

test('commandTable has each command once, in a group that has a title', () => {
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(names.map((name) => name.split(' ')[0]))).toEqual(new Set(Object.keys(groups)));
});

test.each(names)('no two flags of "%s" share a name, an alias or a letter', (name) => {
  const flags = flagsOf(name);
  const long = flags.flatMap((flag) => [flag.name, ...(flag.aliases ?? [])]);
  const short = flags.flatMap((flag) => (flag.short === undefined ? [] : [flag.short]));
  expect(new Set(long).size).toBe(long.length);
  expect(new Set(short).size).toBe(short.length);
});

test.each(names)('every flag of "%s" can be read without being given', (name) => {
  expect(() => parseFlags(['--help'], flagsOf(name), {})).not.toThrow();
});

test.each(names)('the examples of "%s" are command lines of it', (name) => {
  const { examples } = commandTable.find((command) => command.name === name) ?? { examples: [] };
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    expect(example.startsWith(name)).toBe(true);
    const line = example.slice(name.length).replace(/ > .*$/, '');
    const words = line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
    const args = words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
    expect(() => parseFlags(args, flagsOf(name), {})).not.toThrow();
  }
});

test('flags keep their official names, aliases and letters', () => {
  const spelled = (name: string): readonly string[] =>
    flagsOf(name).flatMap((flag) => [
      `--${flag.name}`,
      ...(flag.aliases ?? []).map((alias) => `--${alias}`),
      ...(flag.short === undefined ? [] : [`-${flag.short}`]),
    ]);
  const shared = ['--address', '--namespace', '-n', '--output', '-o', '--time-format', '--color'];
  const start =
    '--workflow-id -w --type --name --task-queue -t --input -i --input-file --input-meta'
      .concat(' --input-base64 --run-timeout --execution-timeout --task-timeout --search-attribute')
      .concat(' --headers --memo --static-summary --static-details --priority-key --fairness-key')
      .concat(' --fairness-weight --cron --fail-existing --start-delay --id-reuse-policy')
      .concat(' --id-conflict-policy')
      .split(' ');
  expect(spelled('workflow start')).toEqual(expect.arrayContaining([...start, ...shared]));
  expect(spelled('workflow execute')).toContain('--detailed');
  expect(spelled('workflow show')).toEqual(
    expect.arrayContaining(['-w', '-r', '--follow', '-f', '--detailed', '--reverse', ...shared]),
  );
  expect(spelled('workflow query')).toEqual(
    expect.arrayContaining(['--name', '--type', '--input', '--reject-condition', ...shared]),
  );
  const server = '--db-filename -f --namespace -n --port -p --http-port --metrics-port --ui-port'
    .concat(' --headless --ip --ui-ip --ui-public-path --ui-asset-path --ui-codec-endpoint')
    .concat(
      ' --sqlite-pragma --dynamic-config-value --dynamic-config-file --log-config --search-attribute',
    )
    .concat(' --log-level --log-format')
    .split(' ');
  expect(spelled('server start-dev')).toEqual(expect.arrayContaining(server));
});

test('the README lists every command and no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');
  const listed = [...readme.matchAll(/^\| `perdure ([a-z -]+)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(names);
});
