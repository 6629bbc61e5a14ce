// Which process a pid means. A pid alone is used again by the machine; with the time of its birth it names one process.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process only. */
  readonly birth: string;
}

/** The process that has the pid now; undefined when there is none, or only a dead one that nobody has waited for. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const birth = process.platform === 'linux' ? birthOnLinux(pid) : birthByPs(pid);
  return birth === undefined ? undefined : { pid, birth };
}

export function isAlive({ pid, birth }: ProcessIdentity): boolean {
  return processIdentity(pid)?.birth === birth;
}

function birthOnLinux(pid: number): string | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    return gone(error);
  }
  // The second field is the name in brackets, and may hold anything; the state is the third, the start the 22nd.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function birthByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return line.trim().replaceAll(/[^0-9A-Za-z]+/g, '-') || undefined;
  } catch (error) {
    return gone(error);
  }
}

function gone(error: unknown): undefined {
  const { code, status } = error as { code?: string; status?: number };
  if (code === 'ENOENT' || code === 'ESRCH' || status === 1) return undefined;
  throw error;
}
