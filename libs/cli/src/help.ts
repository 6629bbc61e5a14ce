// Help texts, made from the command table.

import type { Command, Flag } from './command.ts';
import { connectionFlags } from './flags/connection.ts';
import { globalFlags } from './flags/global.ts';
import { version } from './version.ts';

const lineMax = 100;

/** Help for one command, or for all commands that begin with the words. */
export function helpText(
  words: readonly string[],
  table: readonly Command[],
  groups: Readonly<Record<string, string>>,
): string {
  const exact = table.find(({ name }) => name === words.join(' '));
  if (exact !== undefined) return commandHelp(exact);
  const [group] = words;
  const below = table.filter(({ name }) => group === undefined || name.startsWith(`${group} `));
  const title =
    group === undefined
      ? `Perdure ${version}: durable execution that speaks the Temporal API.`
      : (groups[group] ?? '');
  return [
    title,
    '',
    `Usage: perdure ${group ?? 'GROUP'} COMMAND [flags]`,
    '',
    'Commands:',
    ...columns(below.map(({ name, summary }) => [name, summary])),
    '',
    'Every command has --help. PERDURE_ADDRESS and PERDURE_NAMESPACE (or TEMPORAL_ADDRESS and',
    'TEMPORAL_NAMESPACE) stand in for --address and --namespace.',
    '',
  ].join('\n');
}

function commandHelp(command: Command): string {
  const required = command.flags.filter((flag) => flag.required === true);
  const argument = command.argument === undefined ? '' : ` ${command.argument}`;
  const usage = required.map((flag) => ` --${flag.name} ${placeholder(flag)}`).join('');
  const working = command.flags.filter((flag) => flag.withoutEffect !== true);
  const idle = command.flags.filter((flag) => flag.withoutEffect === true);
  const section = (title: string, flags: readonly Flag[]): string[] =>
    flags.length === 0 ? [] : ['', title, ...columns(flags.map(flagRow))];
  return [
    command.summary,
    '',
    `Usage: perdure ${command.name}${argument}${usage} [flags]`,
    '',
    'Examples:',
    ...command.examples.map((example) => `  perdure ${example}`),
    ...section('Flags:', working),
    ...section('Flags accepted without effect yet:', idle),
    ...section('Connection flags:', command.connects ? connectionFlags : []),
    ...section('Output flags:', globalFlags),
    '',
  ].join('\n');
}

function flagRow(flag: Flag): readonly [string, string] {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const names = [flag.name, ...(flag.aliases ?? [])].map((name) => `--${name}`).join('|');
  const value = flag.type === 'bool' ? '' : ` ${placeholder(flag)}`;
  const notes = [
    flag.choices === undefined ? '' : `One of ${flag.choices.join(', ')}.`,
    flag.repeatable === true ? 'May be repeated.' : '',
    flag.required === true ? 'Required.' : '',
    flag.default === undefined ? '' : `Default ${flag.default}.`,
    flag.env === undefined ? '' : `Environment: ${flag.env.join(', ')}.`,
  ];
  return [`${short}${names}${value}`, [flag.summary, ...notes].filter(Boolean).join(' ')];
}

function placeholder(flag: Flag): string {
  if (flag.type === 'choice') return 'CHOICE';
  if (flag.type === 'int' || flag.type === 'float') return 'NUMBER';
  if (flag.type === 'duration') return 'DURATION';
  return flag.name.endsWith('-id') ? 'ID' : 'TEXT';
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  const margin = ' '.repeat(width + 4);
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, lineMax - margin.length);
    const first =
      left.length > width ? [`  ${left}`] : [`  ${left.padEnd(width)}  ${lines.shift() ?? ''}`];
    return [...first, ...lines.map((line) => margin + line)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
