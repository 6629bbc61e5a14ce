// Flags that every command takes.

import type { Flag, Values } from '../command.ts';

export const globalFlags = [
  {
    name: 'output',
    short: 'o',
    type: 'choice',
    choices: ['text', 'json', 'jsonl', 'none'],
    default: 'text',
    summary: 'Form of the output. JSON is for programs: it stays as it is.',
  },
  {
    name: 'time-format',
    type: 'choice',
    choices: ['relative', 'iso', 'raw'],
    default: 'relative',
    summary: 'Form of times in text.',
  },
  {
    name: 'color',
    type: 'choice',
    choices: ['always', 'never', 'auto'],
    default: 'auto',
    summary: 'Colours in text.',
  },
  {
    name: 'no-json-shorthand-payloads',
    type: 'bool',
    summary: 'In JSON, show payloads as they are on the wire.',
  },
  {
    name: 'log-level',
    type: 'choice',
    choices: ['debug', 'info', 'warn', 'error', 'never'],
    summary: 'Lowest level of log lines; of a server "warn" unless given.',
  },
  {
    name: 'log-format',
    type: 'choice',
    choices: ['text', 'json', 'pretty'],
    default: 'text',
    summary: 'Form of log lines.',
  },
  { name: 'command-timeout', type: 'duration', summary: 'Give up after this time.' },
  {
    name: 'client-connect-timeout',
    type: 'duration',
    default: '5s',
    summary: 'Give up connecting after this time.',
  },
  { name: 'help', short: 'h', type: 'bool', summary: 'Show help.' },
] as const satisfies readonly Flag[];

export type GlobalValues = Values<typeof globalFlags>;
