// A directory in memory that forgets what was not synced: contents not covered by a returned `sync` of their file, names
// not covered by a returned `syncDirectory`.
//
// 1. `crash` gives the directory as found after a power loss, `kill` as found after the end of the process. The one
//    before is dead: no call on it or its files works any more. `halt` brings that about in the middle of a call.
// 2. Faults are switched on and off while it is in use. `onOperation` is called before the operation and may throw:
//    the operation then fails, as seen by the program.

import { type FileDirectory, FileNotFound, type OpenFile } from '@perdure/ports';
import { type Random, randomBelow } from './seeded-random.ts';
import { VolatileContent } from './volatile-content.ts';

export type DiskOperation =
  | 'create'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'rename'
  | 'remove'
  | 'syncDirectory';

export interface VolatileFaults {
  /** Planted bug: `sync` returns without doing anything. */
  ignoreSync?: boolean;
  /** Planted bug: `syncDirectory` returns without doing anything. */
  ignoreDirectorySync?: boolean;
  /** Bytes by which files may still grow; a write beyond is cut short and fails with ENOSPC. */
  spaceBytes?: number;
  onOperation?: (operation: DiskOperation, name: string) => void;
}

type Names = Map<string, VolatileContent>;

/** A change of names that is atomic and not yet durable. */
type NameChange = (names: Names) => void;

export class VolatileDirectory implements FileDirectory {
  readonly faults: VolatileFaults;
  #names: Names = new Map();
  #durableNames: Names = new Map();
  #changes: NameChange[] = [];
  #locked = false;
  #dead = false;

  constructor(faults: VolatileFaults = {}) {
    this.faults = faults;
  }

  /** A directory that surely has these files. */
  static of(files: ReadonlyMap<string, Uint8Array>): VolatileDirectory {
    const directory = new VolatileDirectory();
    for (const [name, bytes] of files) {
      const file = directory.create(name);
      file.write(0, bytes);
      file.sync();
    }
    directory.syncDirectory();
    return directory;
  }

  /** Copies of all files as a program sees them. */
  files(): Map<string, Uint8Array> {
    return new Map(
      [...this.#names].map(([name, content]) => [name, content.read(0, content.size)]),
    );
  }

  list(): readonly string[] {
    this.#refuseIfDead();
    return [...this.#names.keys()];
  }

  create(name: string): OpenFile {
    this.#begin('create', name);
    if (name === '' || name.includes('/')) throw new Error(`"${name}" is not a file name`);
    if (this.#names.has(name)) throw new Error(`file "${name}" exists`);
    const content = new VolatileContent();
    this.#change((names) => names.set(name, content));
    return this.#fileOf(name, content);
  }

  open(name: string): OpenFile {
    return this.#fileOf(name, this.#contentOf(name));
  }

  rename(from: string, to: string): void {
    this.#begin('rename', from);
    const content = this.#contentOf(from);
    this.#change((names) => {
      names.delete(from);
      names.set(to, content);
    });
  }

  remove(name: string): void {
    this.#begin('remove', name);
    this.#giveBack(this.#contentOf(name).size);
    this.#change((names) => names.delete(name));
  }

  syncDirectory(): void {
    this.#begin('syncDirectory', '');
    if (this.faults.ignoreDirectorySync) return;
    this.#changes = [];
    this.#durableNames = new Map(this.#names);
  }

  lock(): ReturnType<FileDirectory['lock']> {
    this.#refuseIfDead();
    if (this.#locked) return { ok: false, holder: 'process 1, since 2000-01-01T00:00:00.000Z' };
    this.#locked = true;
    let held = true;
    const release = (): void => {
      if (held) this.#locked = false;
      held = false;
    };
    return { ok: true, release };
  }

  /** From here on every call throws, as if the program had ended. To be followed by `crash` or `kill`. */
  halt(): void {
    this.#dead = true;
  }

  get halted(): boolean {
    return this.#dead;
  }

  /**
   * The directory after a power loss, without faults. What was not synced is there, gone or there in part; `torn`: parts
   * may also end inside a sector.
   */
  crash(random: Random, torn = false): VolatileDirectory {
    const names = new Map(this.#durableNames);
    const keptCount = [0, this.#changes.length, randomBelow(random, this.#changes.length + 1)];
    const kept = randomBelow(random, 4);
    this.#changes.forEach((change, i) => {
      if (kept === 3 ? random() < 0.5 : i < (keptCount[kept] ?? 0)) change(names);
    });
    for (const [name, content] of names) names.set(name, content.afterPowerLoss(random, torn));
    return this.#succeeded(names, new Map(names), []);
  }

  /** The directory after the end of the process, without faults: all there, but no more durable than before. */
  kill(): VolatileDirectory {
    return this.#succeeded(this.#names, this.#durableNames, this.#changes);
  }

  flipBit(name: string, position: number, bit = 0): void {
    this.#contentOf(name).flipBit(position, bit);
  }

  #succeeded(names: Names, durableNames: Names, changes: NameChange[]): VolatileDirectory {
    this.#dead = true;
    const found = new VolatileDirectory();
    found.#names = names;
    found.#durableNames = durableNames;
    found.#changes = changes;
    return found;
  }

  #fileOf(name: string, content: VolatileContent): OpenFile {
    return {
      size: () => {
        this.#refuseIfDead();
        return content.size;
      },
      read: (position, length) => {
        this.#refuseIfDead();
        return content.read(position, length);
      },
      write: (position, bytes) => {
        this.#begin('write', name);
        content.write(position, this.#fitting(content, position, bytes));
      },
      sync: () => this.#sync(name, content),
      truncate: (length) => {
        this.#begin('truncate', name);
        this.#giveBack(content.size - length);
        content.truncate(length);
      },
      close: () => undefined,
    };
  }

  #sync(name: string, content: VolatileContent): void {
    try {
      this.#begin('sync', name);
    } catch (error) {
      if (!this.#dead) content.failSync();
      throw error;
    }
    if (!this.faults.ignoreSync) content.sync();
  }

  /** The bytes, if the disk has room for them; else what fits is written and the write fails. */
  #fitting(content: VolatileContent, position: number, bytes: Uint8Array): Uint8Array {
    const space = this.faults.spaceBytes;
    const growth = Math.max(0, position + bytes.length - content.size);
    if (space === undefined) return bytes;
    if (growth > space) {
      content.write(position, bytes.subarray(0, Math.max(0, bytes.length - growth + space)));
      this.faults.spaceBytes = 0;
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    }
    this.faults.spaceBytes = space - growth;
    return bytes;
  }

  #giveBack(bytes: number): void {
    if (this.faults.spaceBytes !== undefined) this.faults.spaceBytes += Math.max(0, bytes);
  }

  #contentOf(name: string): VolatileContent {
    this.#refuseIfDead();
    const content = this.#names.get(name);
    if (content === undefined) throw new FileNotFound(`there is no file "${name}"`);
    return content;
  }

  #change(change: NameChange): void {
    change(this.#names);
    this.#changes.push(change);
  }

  #begin(operation: DiskOperation, name: string): void {
    this.#refuseIfDead();
    this.faults.onOperation?.(operation, name);
    this.#refuseIfDead();
  }

  #refuseIfDead(): void {
    if (this.#dead) throw new Error('this directory went down');
  }
}
