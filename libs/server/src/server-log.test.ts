import { RejectionError, reject } from '@perdure/kernel';
import { StorageFault } from '@perdure/ports';
import { expect, test } from 'vitest';
import { type LogLevel, openLog } from './server-log.ts';

function logOf(level: LogLevel | 'loud', format: string): [ReturnType<typeof openLog>, string[]] {
  const lines: string[] = [];
  return [openLog(level, format, (line) => lines.push(line)), lines];
}

function parsed(lines: readonly string[]): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a JSON line has level, ts and msg, and the fields under their names', () => {
  const [log, lines] = logOf('info', 'json');
  log.warn('a task could not be started', {
    component: 'matching',
    namespace: 'default',
    'workflow-id': 'order-1',
    'run-id': 'a-run',
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith('\n')).toBe(true);
  const [line] = parsed(lines);
  expect(line).toEqual({
    level: 'warn',
    ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
    msg: 'a task could not be started',
    component: 'matching',
    namespace: 'default',
    'workflow-id': 'order-1',
    'run-id': 'a-run',
  });
});

test.each([
  ['debug', ['d', 'i', 'w', 'e']],
  ['info', ['i', 'w', 'e']],
  ['warn', ['w', 'e']],
  ['error', ['e']],
  ['never', []],
  ['loud', ['i', 'w', 'e']],
] as const)('at level %s the lines written are %j', (level, expected) => {
  const [log, lines] = logOf(level, 'json');
  log.debug('d');
  log.info('i');
  log.warn('w');
  log.error('e');
  expect(parsed(lines).map(({ msg }) => msg)).toEqual(expected);
  expect(log.debugs).toBe(level === 'debug');
});

test('text is one line for people, with fields that need it quoted', () => {
  const [log, lines] = logOf('info', 'text');
  log.error('it broke', {
    component: 'history',
    namespace: 'default',
    'workflow-id': 'two words\nand a line',
    error: new StorageFault('io', 'the disk is full'),
  });
  expect(lines[0]).toMatch(
    /^\S+Z ERROR history: it broke namespace=default workflow-id="two words\\nand a line" error="the disk is full"\n$/,
  );
});

test.each([
  ['an expected fault of the storage', new StorageFault('io', 'the disk is full'), false],
  ['a rejection', new RejectionError(reject('NOT_FOUND', 'no such run')), false],
  ['a bug', new TypeError('x is not a function'), true],
])('the stack of %s is written above debug: %#', (_what, error, hasStack) => {
  const [log, lines] = logOf('info', 'json');
  log.error('something', { error });
  const [line] = parsed(lines);
  expect(line?.['error']).toBe(error.message);
  expect('stack' in (line ?? {})).toBe(hasStack);
});

test('at debug every error has its stack', () => {
  const [log, lines] = logOf('debug', 'json');
  log.warn('something', { error: new StorageFault('io', 'the disk is full') });
  expect(parsed(lines)[0]?.['stack']).toContain('server-log.test.ts');
});

test('what is thrown without being an error is written as text', () => {
  const [log, lines] = logOf('info', 'json');
  log.error('something', { error: 'a string' });
  expect(parsed(lines)[0]?.['error']).toBe('a string');
});
