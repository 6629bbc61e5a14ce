// Flags of a command line, by the table. `node:util` splits the words; names, types, environment, defaults and what is
// missing are ours. (commander gives a flag one alias and one variable, names one missing flag at a time, and its errors
// would have to be told apart by their texts.)

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest, parseDuration } from '@perdure/kernel';
import { CommandError, type Flag } from '../command.ts';
import { suggestFlag } from './suggest.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
type FlagValue = string | number | boolean | readonly (string | number | boolean)[] | undefined;

export interface ParsedFlags {
  readonly values: Readonly<Record<string, FlagValue>>;
  readonly words: readonly string[];
  /** Names of the flags on the command line itself. */
  readonly given: ReadonlySet<string>;
}

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly index: number }
  | {
      readonly kind: 'flag';
      readonly name: string;
      readonly raw: string;
      readonly value: string | undefined;
    };

/** The command line cut into flags and words; a flag of the table has its value with it. */
export function tokenize(args: readonly string[], flags: readonly Flag[]): readonly Token[] {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const flag of flags) {
    const type = flag.type === 'bool' ? 'boolean' : 'string';
    options[flag.name] = flag.short === undefined ? { type } : { type, short: flag.short };
    for (const alias of flag.aliases ?? []) options[alias] = { type };
  }
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const cut: Token[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional')
      cut.push({ kind: 'word', text: token.value, index: token.index });
    if (token.kind !== 'option') continue;
    cut.push({ kind: 'flag', name: token.name, raw: token.rawName, value: token.value });
  }
  return cut;
}

/** Values of the flags, or an error that names every required one that is missing. */
export function parseFlags(
  args: readonly string[],
  flags: readonly Flag[],
  environment: Environment,
): ParsedFlags {
  const texts = new Map<Flag, string[]>();
  const words: string[] = [];
  for (const token of tokenize(args, flags)) {
    if (token.kind === 'word') {
      words.push(token.text);
      continue;
    }
    const flag = flags.find(
      ({ name, aliases }) => name === token.name || aliases?.includes(token.name),
    );
    if (flag === undefined) throw unknownFlag(token.raw, token.name, flags);
    if (token.value === undefined && flag.type !== 'bool') {
      throw new CommandError(`flag ${token.raw} needs a value`);
    }
    texts.set(flag, [...(texts.get(flag) ?? []), token.value ?? 'true']);
  }
  const given = new Set([...texts.keys()].map((flag) => flag.name));
  const values: Record<string, FlagValue> = {};
  for (const flag of flags) values[flag.name] = valueOf(flag, texts.get(flag), environment);
  const asksForHelp = values['help'] === true;
  if (!asksForHelp) refuseMissing(flags, values);
  return { values, words, given };
}

function valueOf(
  flag: Flag,
  given: readonly string[] | undefined,
  environment: Environment,
): FlagValue {
  if (given !== undefined) {
    const values = given.map((text) => parseValue(flag, text, `--${flag.name}`));
    return flag.repeatable === true ? values : values.at(-1);
  }
  if (flag.repeatable === true) return [];
  const name = (flag.env ?? []).find((candidate) => (environment[candidate] ?? '') !== '');
  if (name !== undefined) return parseValue(flag, environment[name] as string, name);
  if (flag.default !== undefined) return parseValue(flag, String(flag.default), `--${flag.name}`);
  return flag.type === 'bool' ? false : undefined;
}

function parseValue(flag: Flag, text: string, source: string): string | number | boolean {
  switch (flag.type) {
    case 'string':
      return text;
    case 'bool':
      return parseBool(text, source);
    case 'int':
    case 'float':
      return parseNumber(text, source, flag.type === 'int');
    case 'duration': {
      const us = parseDuration(text);
      if (us !== undefined) return us;
      throw new CommandError(`${source} is not a duration: "${text}" (write 10s, 1h30m or 2d)`);
    }
    case 'choice':
      return parseChoice(text, source, flag.choices ?? []);
  }
}

function parseBool(text: string, source: string): boolean {
  const value = { true: true, '1': true, false: false, '0': false }[text.toLowerCase()];
  if (value === undefined) throw new CommandError(`${source} is true or false, not "${text}"`);
  return value;
}

function parseNumber(text: string, source: string, whole: boolean): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || (whole && !Number.isSafeInteger(value))) {
    throw new CommandError(`${source} is not ${whole ? 'a whole' : 'a'} number: "${text}"`);
  }
  return value;
}

function parseChoice(text: string, source: string, choices: readonly string[]): string {
  const exact = choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
  if (exact !== undefined) return exact;
  throw new CommandError(`${source} is one of ${choices.join(', ')}, not "${text}"`);
}

function refuseMissing(flags: readonly Flag[], values: Readonly<Record<string, FlagValue>>): void {
  const missing = flags.filter(
    ({ name, required }) => required === true && values[name] === undefined,
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => `--${name}`).join(', ');
  throw new CommandError(`required ${missing.length === 1 ? 'flag' : 'flags'} missing: ${names}`);
}

function unknownFlag(raw: string, name: string, flags: readonly Flag[]): CommandError {
  const known = flags.flatMap((flag) => [flag.name, ...(flag.aliases ?? [])]);
  const suggestion = raw.startsWith('--') ? suggestFlag(name, known) : undefined;
  const tail = suggestion === undefined ? '' : `, did you mean ${suggestion}?`;
  return new CommandError(`unknown flag ${raw}${tail}`);
}

/** For a word that should have been a command. */
export function unknownCommand(words: readonly string[], known: readonly string[]): CommandError {
  const typed = words.join(' ');
  const near = nearest(typed, known);
  return new CommandError(
    `unknown command "${typed}"${near === undefined ? '' : `, did you mean "${near}"?`}`,
  );
}
