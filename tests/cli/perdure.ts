// The command, in two ways: as a process, which its users run, and in this process, which is quicker.

import { type ExecFileException, execFile } from 'node:child_process';
import { join } from 'node:path';
import { runProgram } from '@perdure/cli';
import { repositoryRoot } from '@perdure/testing/harness';

export const perdurePath: string = join(repositoryRoot, 'node_modules/.bin/perdure');

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** Runs a program to its end. */
export function runFile(
  path: string,
  args: readonly string[],
  environment: Environment = {},
): Promise<Ended> {
  const options = { env: { ...process.env, ...environment }, timeout: 60_000, cwd: '/' };
  return new Promise((resolve) => {
    execFile(path, args, options, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** Runs one command line in this process. */
export async function runInside(
  args: readonly string[],
  environment: Environment,
  interrupted: AbortSignal = new AbortController().signal,
): Promise<Ended> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const sink = (parts: string[]) => ({
    write: (text: string) => void parts.push(text),
    isTerminal: false,
  });
  const code = await runProgram(args, {
    stdout: sink(stdout),
    stderr: sink(stderr),
    environment,
    interrupted,
  });
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}
