// The server's own log lines: JSON for machines (pino's), text for people. Lines go to standard error.
//
// J1. Payloads, headers, memos and failures of users are never in a line: a field has a name of `LogFields`, and none of
//     those is for user data.
// J2. A stack is written for what should not happen, and at debug for everything; a fault that is expected says what
//     happened in its message.
// J3. Nothing of the logger is loaded before the first line that is written: a server without troubles starts without it.

import { createRequire } from 'node:module';
import { RejectionError } from '@perdure/kernel';
import { LogTrimmed, StorageFault } from '@perdure/ports';
import type pino from 'pino';
import { textLine } from './log-text.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'never';

/** What a line is about, under the names in which it is written. */
export interface LogFields {
  /** Part of the server: frontend, history, matching, server ... */
  readonly component?: string;
  readonly namespace?: string;
  readonly 'namespace-id'?: string;
  readonly 'workflow-id'?: string;
  readonly 'run-id'?: string;
  readonly 'task-queue'?: string;
  /** Name of an RPC. */
  readonly operation?: string;
  /** Name of a gRPC status. */
  readonly code?: string;
  readonly 'duration-ms'?: number;
  readonly 'client-name'?: string;
  /** Of an error that a client was told of by this id alone. */
  readonly 'error-id'?: string;
  readonly address?: string;
  readonly count?: number;
  /** Whatever was thrown; written as its message, with its stack by rule J2. */
  readonly error?: unknown;
}

export interface ServerLog {
  /** False: lines of debug go nowhere, so nothing need be gathered for them. */
  readonly debugs: boolean;
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
}

const ranks: Readonly<Record<string, number>> = { debug: 0, info: 1, warn: 2, error: 3, never: 4 };
const standardError = 2;

type Sink = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;
type Write = (line: string) => void;

/**
 * `format`: `json` or anything else for text. An unknown level counts as `info`. `write`: where lines go in place of
 * standard error, for tests.
 */
export function openLog(level: string, format: string, write?: Write): ServerLog {
  const least = ranks[level] ?? 1;
  const debugs = least === 0;
  let sink: Sink | null = null;
  const line =
    (name: keyof Sink) =>
    (message: string, fields: LogFields = {}): void => {
      if ((ranks[name] ?? 0) < least) return;
      sink ??= openSink(format, write);
      sink[name](written(fields, debugs), message);
    };
  return {
    debugs,
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
  };
}

function openSink(format: string, write: Write | undefined): Sink {
  const open = createRequire(import.meta.url)('pino') as typeof pino;
  const settings: pino.LoggerOptions = {
    base: null,
    level: 'debug',
    messageKey: 'msg',
    timestamp: () => `,"ts":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  };
  // Written before the call returns: the last lines before the end of a process are the ones that count.
  const end = open.destination({ dest: standardError, sync: true });
  const to = write ?? ((text: string): void => void end.write(text));
  return open(settings, {
    write: format === 'json' ? to : (json: string) => to(textLine(json)),
  });
}

/** The fields as they are written: without holes, the error as text. */
function written(fields: LogFields, debugs: boolean): Record<string, unknown> {
  const { error, ...named } = fields;
  if (error === undefined) return named;
  if (!(error instanceof Error)) {
    return { ...named, error: typeof error === 'string' ? error : JSON.stringify(error) };
  }
  const shown = { ...named, error: error.message };
  return debugs || isBug(error) ? { ...shown, stack: error.stack } : shown;
}

function isBug(error: Error): boolean {
  const expected =
    error instanceof StorageFault || error instanceof LogTrimmed || error instanceof RejectionError;
  return !expected;
}
