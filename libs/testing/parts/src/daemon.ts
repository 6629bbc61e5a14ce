// A server process that a part starts: detached, in a process group of its own, its output in a file.
//
// A1. It inherits no descriptor and no terminal: a lock or a pipe of the starter does not stay open with it.
// A2. Every wait is bounded; a process that ends while it is waited for fails the wait with the end of its output.
// A3. It is ended by its own process group alone, also when it is stopped by SIGSTOP.
// A4. It does not end with its starter: the keeper of a part sees to that (part-keeper.main.ts).

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DaemonStart {
  readonly command: string;
  readonly args: readonly string[];
  /** Working folder. */
  readonly folder: string;
  readonly logFile: string;
  /** More variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Who runs it; absent: who starts it. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export class Daemon {
  readonly pid: number;
  readonly #logFile: string;
  #end: string | undefined;
  readonly #ended: Promise<void>;

  static start({
    command,
    args,
    folder,
    logFile,
    environment,
    user,
  }: DaemonStart): Promise<Daemon> {
    const output = openSync(logFile, 'a');
    const child = spawn(command, args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...environment },
      ...user,
    });
    closeSync(output);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => {
        const ended = new Promise<string>((settle) => {
          child.once('exit', (code, signal) => settle(String(code ?? signal)));
        });
        resolve(new Daemon(child.pid as number, logFile, ended));
      });
    });
  }

  private constructor(pid: number, logFile: string, ended: Promise<string>) {
    this.pid = pid;
    this.#logFile = logFile;
    this.#ended = ended.then((how) => {
      this.#end = how;
    });
  }

  /** The end of its output, for messages. */
  logTail(lines = 15): string {
    return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Resolves when something listens on the port; rejects when the process ends before, and after `timeoutMs`. */
  async listening(host: string, port: number, timeoutMs: number): Promise<void> {
    await this.until(() => portIsOpen(host, port), `listen on ${host}:${port}`, timeoutMs);
  }

  /** The same for any condition; `what` completes "it did not ...". */
  async until(holds: () => Promise<boolean>, what: string, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await holds())) {
      if (this.#end !== undefined) {
        throw new Error(
          `it ended with ${this.#end} while starting; it printed:\n${this.logTail()}`,
        );
      }
      if (Date.now() > deadline) {
        throw new Error(`it did not ${what} in ${timeoutMs} ms; it printed:\n${this.logTail()}`);
      }
      await sleep(50);
    }
  }

  /** Ends the process group: at once, or with `graceMs` between asking and ending. Resolves when the process is gone. */
  async stop(graceMs = 0): Promise<void> {
    if (this.#end === undefined && graceMs > 0) {
      this.signal('SIGCONT');
      this.signal('SIGTERM');
      await Promise.race([this.#ended, sleep(graceMs, undefined, { ref: false })]);
    }
    this.signal('SIGKILL');
    await this.#ended;
  }

  /** To its process group; nothing when it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.#end !== undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      // It ended a moment ago.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Whether something listens there now. */
export function portIsOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const answer = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
    socket.once('timeout', answer(false));
  });
}
