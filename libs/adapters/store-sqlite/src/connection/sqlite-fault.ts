// Errors of SQLite as StorageFaults: which kind, at which file, what to do.

import { StorageFault } from '@perdure/ports';

/** Extended result codes of a failed fsync of a file and of its directory. */
const failedSyncs = [1034, 1290];
const ioErrors = new Map([
  [3, 'check the permissions of the file and its directory'],
  [8, 'check the permissions of the file and its directory'],
  [10, 'check the disk, then restart the server'],
  [13, 'free space on the disk; what was refused may be sent again'],
  [14, 'check that the directory exists and its permissions'],
]);
const busyCodes = [5, 6];
const corruptCodes = [11, 26];

/** A fault as it travels between threads. */
export interface FaultReport {
  readonly kind: StorageFault['kind'] | 'bug';
  readonly message: string;
}

/** `errcode` of node:sqlite, or null. */
export function resultCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode : null;
}

/** After it nothing may be assumed of earlier writes: the platform may have dropped them. */
export function isFailedSync(error: unknown): boolean {
  return failedSyncs.includes(resultCode(error) ?? 0);
}

export function reportFault(path: string, cureOfCorruption: string, error: unknown): FaultReport {
  if (error instanceof StorageFault) return { kind: error.kind, message: error.message };
  const text = error instanceof Error ? error.message : String(error);
  const code = resultCode(error);
  const primary = (code ?? 0) & 0xff;
  const line = (cure: string): string => `${path}: ${text} (SQLite ${code}); ${cure}`;
  if (corruptCodes.includes(primary)) return { kind: 'corrupt', message: line(cureOfCorruption) };
  if (busyCodes.includes(primary)) {
    return { kind: 'locked', message: line('end the other process that uses the file') };
  }
  const cure = ioErrors.get(primary);
  if (cure !== undefined) return { kind: 'io', message: line(cure) };
  return { kind: 'bug', message: `${path}: ${text}` };
}

export function faultOf(report: FaultReport): Error {
  if (report.kind === 'bug') return new Error(report.message);
  return new StorageFault(report.kind, report.message);
}
