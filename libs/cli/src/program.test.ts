import { expect, test } from 'vitest';
import { commandTable } from './commands/table.ts';
import { runProgram } from './program.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(line: string | readonly string[], environment = {}): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const sink = (lines: string[]) => ({
    write: (text: string) => void lines.push(text),
    isTerminal: false,
  });
  const args = typeof line === 'string' ? line.split(' ').filter(Boolean) : line;
  const code = await runProgram(args, {
    stdout: sink(out),
    stderr: sink(err),
    environment,
    interrupted: new AbortController().signal,
  });
  return { code, stdout: out.join(''), stderr: err.join('') };
}

test.each(['', '--help', '-h', 'help'])('"perdure %s" lists every command', async (line) => {
  const { code, stdout } = await run(line);
  expect(code).toBe(0);
  for (const { name, summary } of commandTable) {
    expect(stdout).toContain(`  ${name}`);
    expect(stdout).toContain(summary);
  }
});

test.each(['workflow', 'workflow --help', 'help workflow'])(
  '"perdure %s" lists the commands of the group',
  async (line) => {
    const { code, stdout } = await run(line);
    expect(code).toBe(0);
    expect(stdout).toContain('workflow start');
    expect(stdout).not.toContain('server start-dev');
  },
);

test.each(commandTable.map(({ name }) => name))(
  '"perdure %s --help" shows each of its flags, in lines that fit',
  async (name) => {
    const { code, stdout, stderr } = await run(`${name} --help`);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const command = commandTable.find((candidate) => candidate.name === name);
    for (const flag of command?.flags ?? []) expect(stdout).toContain(`--${flag.name}`);
    expect(stdout).toContain('--output');
    const [, flags = ''] = stdout.split('\nFlags:');
    for (const row of flags.split('\n')) expect(row.length).toBeLessThanOrEqual(100);
    expect((await run(`help ${name}`)).stdout).toBe(stdout);
  },
);

test('"perdure --version" is one line', async () => {
  expect((await run('--version')).stdout).toMatch(/^perdure \d+\.\d+\.\d+\n$/);
});

test.each([
  ['wrkflow list', 'unknown command "wrkflow list", did you mean "workflow list"?'],
  ['workflow strt', 'unknown command "workflow strt", did you mean "workflow start"?'],
  ['frobnicate', 'unknown command "frobnicate"'],
  ['--frob', 'unknown flag --frob'],
  ['workflow start', 'required flags missing: --type, --task-queue'],
  ['workflow list extra', 'unexpected argument "extra"'],
  ['workflow list --output table', '--output is one of text, json, jsonl, none, not "table"'],
  [
    'workflow execute --workflow-id=x --type-MyWorkflow --task-queue q',
    'unknown flag --type-MyWorkflow, did you mean --type MyWorkflow?',
  ],
  ['workflow show -w x --follow --reverse', 'give --follow or --reverse, not both'],
  ['server start-dev --port 70000', '--port is 0 to 65535, not 70000'],
])('"perdure %s" fails with one line', async (line, message) => {
  const { code, stdout, stderr } = await run(line);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^Error: [^\n]+\n$/);
  expect(stderr).toContain(message);
});

test('an argument that is not JSON is refused before anything is sent', async () => {
  const { code, stderr } = await run('workflow signal -w x --name s --input Temporal');
  expect(code).toBe(1);
  expect(stderr).toBe(
    `Error: argument 1 is not valid JSON: Temporal; a string needs its quotes: --input '"Temporal"'\n`,
  );
});

test('where no server listens, the error says so and names the cure', async () => {
  const { code, stderr } = await run('workflow list', { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(code).toBe(1);
  expect(stderr).toBe(
    'Error: no server answers at 127.0.0.1:1: start one with "perdure server start-dev", or name another with --address\n',
  );
});

test('the own variables of the environment go before the official ones, flags before both', async () => {
  const environment = { TEMPORAL_ADDRESS: '127.0.0.1:1', PERDURE_ADDRESS: '127.0.0.1:2' };
  expect((await run('workflow list', environment)).stderr).toContain('127.0.0.1:2');
  const flag = await run('--address 127.0.0.1:3 workflow list', environment);
  expect(flag.stderr).toContain('127.0.0.1:3');
});

test('official flags without effect are accepted with one note', async () => {
  const line = 'server start-dev --ui-port 1 --log-config --port -1';
  const { stderr } = await run(line);
  expect(stderr.split('\n')[0]).toBe('Note: without effect yet: --ui-port, --log-config');
});
