// Flags that several workflow commands share.

import type { Flag, Values } from '../command.ts';

export const workflowReferenceFlags = [
  { name: 'workflow-id', short: 'w', type: 'string', required: true, summary: 'Workflow id.' },
  { name: 'run-id', short: 'r', type: 'string', summary: 'Run id; the latest run unless given.' },
] as const satisfies readonly Flag[];

export const headerFlag = {
  name: 'headers',
  type: 'string',
  repeatable: true,
  summary: 'Header of the workflow call, KEY=JSON (not a gRPC header).',
} as const satisfies Flag;

export const inputFlags = [
  {
    name: 'input',
    short: 'i',
    type: 'string',
    repeatable: true,
    summary: 'One argument in JSON; a string needs its quotes: \'"text"\'.',
  },
  {
    name: 'input-file',
    type: 'string',
    repeatable: true,
    summary: 'File with one argument in JSON; "-" is the standard input.',
  },
  {
    name: 'input-meta',
    type: 'string',
    repeatable: true,
    summary: 'Metadata of the arguments, KEY=VALUE; encoding=... replaces json/plain.',
  },
  { name: 'input-base64', type: 'bool', summary: 'The arguments are base64.' },
] as const satisfies readonly Flag[];

export type InputValues = Values<typeof inputFlags>;
