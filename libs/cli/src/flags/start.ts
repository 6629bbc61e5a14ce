// Flags of the commands that start a workflow.

import type { Flag, Values } from '../command.ts';
import { headerFlag, inputFlags } from './workflow.ts';

export const startFlags = [
  {
    name: 'workflow-id',
    short: 'w',
    type: 'string',
    summary: 'Workflow id; a random one unless given.',
  },
  {
    name: 'type',
    aliases: ['name'],
    type: 'string',
    required: true,
    summary: 'Workflow type.',
  },
  {
    name: 'task-queue',
    short: 't',
    type: 'string',
    required: true,
    summary: 'Task queue that its worker polls.',
  },
  ...inputFlags,
  {
    name: 'run-timeout',
    type: 'duration',
    summary: 'Longest time of one run.',
  },
  {
    name: 'execution-timeout',
    type: 'duration',
    summary: 'Longest time over all runs: retries and continue-as-new too.',
  },
  {
    name: 'task-timeout',
    type: 'duration',
    default: '10s',
    summary: 'Longest time of one workflow task.',
  },
  {
    name: 'id-reuse-policy',
    type: 'choice',
    choices: [
      'AllowDuplicate',
      'AllowDuplicateFailedOnly',
      'RejectDuplicate',
      'TerminateIfRunning',
    ],
    summary: 'What to do when a closed workflow has this id.',
  },
  {
    name: 'id-conflict-policy',
    type: 'choice',
    choices: ['Fail', 'UseExisting', 'TerminateExisting'],
    summary: 'What to do when a running workflow has this id.',
  },
  {
    name: 'fail-existing',
    type: 'bool',
    summary: 'Fail when a workflow has this id, rather than name that one.',
  },
  { name: 'start-delay', type: 'duration', summary: 'Wait before the first workflow task.' },
  { name: 'cron', type: 'string', summary: 'Cron schedule of the runs.' },
  {
    name: 'search-attribute',
    type: 'string',
    repeatable: true,
    summary: 'Search attribute, KEY=JSON.',
  },
  { name: 'memo', type: 'string', repeatable: true, summary: 'Memo, KEY=JSON.' },
  headerFlag,
  { name: 'static-summary', type: 'string', summary: 'One line for people.' },
  { name: 'static-details', type: 'string', summary: 'Some lines for people.' },
  { name: 'priority-key', type: 'int', summary: 'Priority, 1 (first) to 5.' },
  { name: 'fairness-key', type: 'string', summary: 'Tasks of one key share its part.' },
  { name: 'fairness-weight', type: 'float', summary: 'Part of this fairness key.' },
] as const satisfies readonly Flag[];

export type StartValues = Values<typeof startFlags>;
