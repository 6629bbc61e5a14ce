// Every command. Parsing, help and documentation read this table; nothing else names a command.

import type { Command } from '../command.ts';
import { logDump } from './log-dump.ts';
import { logVerify } from './log-verify.ts';
import { operatorBackup } from './operator-backup.ts';
import { operatorQuarantineList } from './operator-quarantine-list.ts';
import { operatorQuarantineRelease } from './operator-quarantine-release.ts';
import { operatorRunDescribe } from './operator-run-describe.ts';
import { serverRestore } from './server-restore.ts';
import { serverStartDev } from './server-start-dev.ts';
import { workflowCancel } from './workflow-cancel.ts';
import { workflowDescribe } from './workflow-describe.ts';
import { workflowExecute } from './workflow-execute.ts';
import { workflowList } from './workflow-list.ts';
import { workflowQuery } from './workflow-query.ts';
import { workflowResult } from './workflow-result.ts';
import { workflowShow } from './workflow-show.ts';
import { workflowSignal } from './workflow-signal.ts';
import { workflowStart } from './workflow-start.ts';
import { workflowTerminate } from './workflow-terminate.ts';

export const commandTable: readonly Command[] = [
  serverStartDev,
  serverRestore,
  workflowStart,
  workflowExecute,
  workflowResult,
  workflowShow,
  workflowList,
  workflowDescribe,
  workflowSignal,
  workflowQuery,
  workflowCancel,
  workflowTerminate,
  logVerify,
  logDump,
  operatorRunDescribe,
  operatorQuarantineList,
  operatorQuarantineRelease,
  operatorBackup,
];

/** What the first word of a command is about. */
export const groups: Readonly<Record<string, string>> = {
  server: 'Run a server.',
  workflow: 'Start workflows, look at them, talk to them, end them.',
  log: 'Look at the files of a server, whether it runs or not. Nothing is changed.',
  operator: 'Look after a server: what it holds, what it set aside.',
};
