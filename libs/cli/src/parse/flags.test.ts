import { expect, test } from 'vitest';
import type { Flag } from '../command.ts';
import { parseFlags, unknownCommand } from './flags.ts';

const flags: readonly Flag[] = [
  { name: 'workflow-id', short: 'w', type: 'string', summary: '' },
  { name: 'type', aliases: ['name'], type: 'string', summary: '' },
  { name: 'task-queue', short: 't', type: 'string', summary: '' },
  { name: 'input', short: 'i', type: 'string', repeatable: true, summary: '' },
  { name: 'headless', type: 'bool', summary: '' },
  { name: 'limit', type: 'int', summary: '' },
  { name: 'weight', type: 'float', summary: '' },
  { name: 'task-timeout', type: 'duration', default: '10s', summary: '' },
  { name: 'policy', type: 'choice', choices: ['Fail', 'UseExisting'], summary: '' },
  { name: 'address', type: 'string', default: 'here', env: ['FIRST', 'SECOND'], summary: '' },
];

const values = (args: readonly string[], environment = {}) =>
  parseFlags(args, flags, environment).values;

test('parseFlags reads long, short, joined and inline values', () => {
  expect(values(['--workflow-id', 'a'])['workflow-id']).toBe('a');
  expect(values(['--workflow-id=a=b'])['workflow-id']).toBe('a=b');
  expect(values(['-w', 'a'])['workflow-id']).toBe('a');
  expect(values(['-wa'])['workflow-id']).toBe('a');
});

test('parseFlags takes an alias for its flag, and the last of several values', () => {
  expect(values(['--name', 'a'])['type']).toBe('a');
  expect(values(['--name', 'a', '--type', 'b'])['type']).toBe('b');
});

test('parseFlags collects repeatable flags in order', () => {
  expect(values(['-i', '1', '--input', '2', '--input=3'])['input']).toEqual(['1', '2', '3']);
  expect(values([])['input']).toEqual([]);
});

test('parseFlags takes a value that begins with a dash', () => {
  expect(values(['--input', '-5'])['input']).toEqual(['-5']);
  expect(values(['--input', '--limit'])['input']).toEqual(['--limit']);
});

test('parseFlags gives every type its value', () => {
  const all = values('--limit 7 --weight 0.5 --task-timeout 1m30s --policy useexisting'.split(' '));
  expect(all).toMatchObject({ limit: 7, weight: 0.5, policy: 'UseExisting' });
  expect(all['task-timeout']).toBe(90_000_000);
  expect(values([])['task-timeout']).toBe(10_000_000);
});

test('parseFlags reads a boolean with and without a value', () => {
  expect(values([])['headless']).toBe(false);
  expect(values(['--headless'])['headless']).toBe(true);
  expect(values(['--headless=false'])['headless']).toBe(false);
});

test('parseFlags prefers the command line to the environment, and its first variable to the second', () => {
  expect(values([])['address']).toBe('here');
  expect(values([], { SECOND: 'b' })['address']).toBe('b');
  expect(values([], { FIRST: 'a', SECOND: 'b' })['address']).toBe('a');
  expect(values([], { FIRST: '', SECOND: 'b' })['address']).toBe('b');
  expect(values(['--address', 'c'], { FIRST: 'a' })['address']).toBe('c');
});

test('parseFlags tells words from flags and says which flags were given', () => {
  const parsed = parseFlags(['one', '--limit', '1', 'two'], flags, { FIRST: 'a' });
  expect(parsed.words).toEqual(['one', 'two']);
  expect([...parsed.given]).toEqual(['limit']);
});

test.each([
  [['--tpe', 'X'], 'unknown flag --tpe, did you mean --type?'],
  [['--type-MyWorkflow'], 'unknown flag --type-MyWorkflow, did you mean --type MyWorkflow?'],
  [['--task-queue-Mine'], 'unknown flag --task-queue-Mine, did you mean --task-queue Mine?'],
  [['--zzzzzzz'], 'unknown flag --zzzzzzz'],
  [['-z'], 'unknown flag -z'],
  [['--workflow-id'], 'flag --workflow-id needs a value'],
  [['--limit', 'many'], '--limit is not a whole number: "many"'],
  [['--limit', '1.5'], '--limit is not a whole number: "1.5"'],
  [['--weight', 'heavy'], '--weight is not a number: "heavy"'],
  [['--task-timeout', '10'], '--task-timeout is not a duration: "10" (write 10s, 1h30m or 2d)'],
  [['--policy', 'x'], '--policy is one of Fail, UseExisting, not "x"'],
  [['--headless=maybe'], '--headless is true or false, not "maybe"'],
])('parseFlags of %j fails with one line that helps', (args, message) => {
  expect(() => parseFlags(args, flags, {})).toThrow(message);
});

test('parseFlags names all missing flags at once, unless help is asked for', () => {
  const needed: readonly Flag[] = [
    { name: 'a', type: 'string', required: true, summary: '' },
    { name: 'b', type: 'string', required: true, summary: '' },
    { name: 'help', type: 'bool', summary: '' },
  ];
  expect(() => parseFlags([], needed, {})).toThrow('required flags missing: --a, --b');
  expect(() => parseFlags(['--a', '1'], needed, {})).toThrow('required flag missing: --b');
  expect(() => parseFlags(['--help'], needed, {})).not.toThrow();
});

test('unknownCommand names the nearest command', () => {
  const known = ['workflow start', 'workflow show'];
  expect(unknownCommand(['workflow', 'strt'], known).message).toBe(
    'unknown command "workflow strt", did you mean "workflow start"?',
  );
  expect(unknownCommand(['frobnicate'], known).message).toBe('unknown command "frobnicate"');
});
