// The server's own log lines, text for people or JSON for machines. Payloads and ids of users' data are not logged.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'never';

const ranks: Readonly<Record<string, number>> = { debug: 0, info: 1, warn: 2, error: 3, never: 4 };

export interface ServerLog {
  readonly info: (message: string) => void;
  readonly warn: (message: string, error?: unknown) => void;
  readonly error: (message: string, error?: unknown) => void;
}

function reasonOf(error: unknown): string {
  if (error === undefined) return '';
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
}

/** `format`: `json` or anything else for text. Unknown levels count as `info`. Lines go to standard error. */
export function openLog(level: string, format: string): ServerLog {
  const least = ranks[level] ?? 1;
  const write = (name: LogLevel, message: string, error?: unknown): void => {
    if ((ranks[name] ?? 1) < least) return;
    const time = new Date().toISOString();
    const reason = reasonOf(error);
    process.stderr.write(
      format === 'json'
        ? `${JSON.stringify({ time, level: name, message, ...(reason === '' ? {} : { error: reason }) })}\n`
        : `${time} ${name.toUpperCase()} ${message}${reason === '' ? '' : `: ${reason}`}\n`,
    );
  };
  return {
    info: (message) => write('info', message),
    warn: (message, error) => write('warn', message, error),
    error: (message, error) => write('error', message, error),
  };
}
