// One command line from its words to its exit code.
//
// P1. Errors of the user or the server are one line, `Error: ...`, on the standard error, and exit code 1.
// P2. Anything else is a bug of ours and shows its stack.

import { type Call, type Command, CommandError, type Flag } from './command.ts';
import { commandTable, groups } from './commands/table.ts';
import { type ConnectionValues, connectionFlags } from './flags/connection.ts';
import { type GlobalValues, globalFlags } from './flags/global.ts';
import { helpText } from './help.ts';
import { type Environment, parseFlags, tokenize, unknownCommand } from './parse/flags.ts';
import { Output, type Sink } from './render/output.ts';
import { version } from './version.ts';

export interface Surroundings {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly environment: Environment;
  readonly interrupted: AbortSignal;
}

/** Runs the command that the words name. Resolves to the exit code; never rejects for an error of the user. */
export async function runProgram(args: readonly string[], around: Surroundings): Promise<number> {
  try {
    await runCommand(args, around);
    return 0;
  } catch (error) {
    around.stderr.write(`Error: ${errorText(error, around.interrupted)}\n`);
    return 1;
  }
}

function errorText(error: unknown, interrupted: AbortSignal): string {
  if (interrupted.aborted) return 'program interrupted';
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof CommandError || error.name === 'RpcFault';
  return expected ? error.message : (error.stack ?? error.message);
}

async function runCommand(args: readonly string[], around: Surroundings): Promise<void> {
  const { words, rest } = splitCommand(args);
  if (words.length === 0 && rest.some((word) => word === '--version' || word === '-v')) {
    around.stdout.write(`perdure ${version}\n`);
    return;
  }
  const help = words[0] === 'help';
  const named = help ? words.slice(1) : words;
  const command = commandTable.find(({ name }) => name === named.join(' '));
  if (command === undefined) {
    const group = named[0];
    if (named.length > 1 || (group !== undefined && groups[group] === undefined)) {
      throw unknownCommand(named, [
        ...Object.keys(groups),
        ...commandTable.map(({ name }) => name),
      ]);
    }
    parseFlags(rest, [...connectionFlags, ...globalFlags], around.environment);
  }
  if (command === undefined || help) {
    around.stdout.write(helpText(named, commandTable, groups));
    return;
  }
  await runNamed(command, rest, around);
}

/** The words that name the command, and everything else. Words may stand after connection and output flags. */
function splitCommand(args: readonly string[]): {
  readonly words: readonly string[];
  readonly rest: readonly string[];
} {
  const words: string[] = [];
  const taken = new Set<number>();
  for (const token of tokenize(args, [...connectionFlags, ...globalFlags])) {
    const complete = commandTable.some(({ name }) => name === words.join(' '));
    if (complete) break;
    if (token.kind === 'flag') continue;
    words.push(token.text);
    taken.add(token.index);
  }
  return { words, rest: args.filter((_, index) => !taken.has(index)) };
}

async function runNamed(
  command: Command,
  args: readonly string[],
  around: Surroundings,
): Promise<void> {
  const own: readonly Flag[] = command.flags;
  const shared = command.connects ? [...connectionFlags, ...globalFlags] : globalFlags;
  const flags = [...own, ...shared];
  const { values, words, given } = parseFlags(args, flags, around.environment);
  if (values['help'] === true) {
    around.stdout.write(helpText(command.name.split(' '), commandTable, groups));
    return;
  }
  const argument = theArgument(command, words);
  const note = (line: string): void => around.stderr.write(`${line}\n`);
  noteWithoutEffect(own, given, note);
  const globals = values as unknown as GlobalValues;
  await withConnection(values as unknown as ConnectionValues & GlobalValues, (connect) => {
    const call: Call<readonly Flag[]> = {
      flags: values as Call<readonly Flag[]>['flags'],
      argument,
      globals,
      output: new Output(globals, around.stdout, around.environment),
      interrupted: around.interrupted,
      connect,
      note,
    };
    return untilEnd(command, call, globals);
  });
}

function theArgument(command: Command, words: readonly string[]): string {
  const [first, second] = words;
  const unexpected = command.argument === undefined ? first : second;
  if (unexpected !== undefined) throw new CommandError(`unexpected argument "${unexpected}"`);
  if (command.argument !== undefined && first === undefined) {
    throw new CommandError(
      `${command.argument} is missing: perdure ${command.name} ${command.argument}`,
    );
  }
  return first ?? '';
}

function noteWithoutEffect(
  flags: readonly Flag[],
  given: ReadonlySet<string>,
  note: (line: string) => void,
): void {
  const idle = flags.filter((flag) => flag.withoutEffect === true && given.has(flag.name));
  if (idle.length === 0) return;
  note(`Note: without effect yet: ${idle.map(({ name }) => `--${name}`).join(', ')}`);
}

async function withConnection(
  values: ConnectionValues & GlobalValues,
  run: (connect: Call<readonly Flag[]>['connect']) => Promise<void>,
): Promise<void> {
  const open: { close(): void }[] = [];
  try {
    await run(async () => {
      const { openConnection } = await import('./client/connection.ts');
      const connection = openConnection(values, values['client-connect-timeout'] / 1000);
      open.push(connection);
      return connection;
    });
  } finally {
    for (const connection of open) connection.close();
  }
}

/** The command, cut off by an interrupt or by its time. */
async function untilEnd(
  command: Command,
  call: Call<readonly Flag[]>,
  globals: GlobalValues,
): Promise<void> {
  if (command.drains === true) return command.run(call);
  const { promise: cut, reject } = Promise.withResolvers<never>();
  const interrupt = (): void => reject(new CommandError('program interrupted'));
  call.interrupted.addEventListener('abort', interrupt);
  const timeoutUs = globals['command-timeout'];
  const late = (): void =>
    reject(new CommandError('the command took longer than --command-timeout'));
  const timer = timeoutUs ? setTimeout(late, timeoutUs / 1000) : undefined;
  try {
    await Promise.race([command.run(call), cut]);
  } finally {
    clearTimeout(timer);
    call.interrupted.removeEventListener('abort', interrupt);
  }
}
