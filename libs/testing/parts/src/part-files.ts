// The files in a part's folder by which its keeper and its users speak. Each is whole or not there.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartFound, PartSettings } from './part.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What the keeper is to do, written before it is started. */
export interface KeeperOrder {
  /** Name in the table of parts. */
  readonly part: string;
  readonly settings: PartSettings;
  /** The part ends with it. */
  readonly run: ProcessIdentity;
}

export type PartOutcome = PartFound | { readonly kind: 'failed'; readonly message: string };

/** By the keeper: what came of the start. */
export const outcomeFile = 'outcome.json';
export const orderFile = 'order.json';
/** By the keeper: what to end with the part. */
export const processesFile = 'processes.json';
/** Output of the keeper. */
export const keeperLog = 'keeper.log';

export interface PartProcesses {
  readonly keeper: ProcessIdentity;
  /** Each the head of a process group. */
  readonly daemons: readonly ProcessIdentity[];
}

export function writeWhole(folder: string, name: string, content: unknown): void {
  const beside = join(folder, `.${name}`);
  writeFileSync(beside, JSON.stringify(content));
  renameSync(beside, join(folder, name));
}

export function readWhole<T>(folder: string, name: string): T | undefined {
  const path = join(folder, name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}
