// What goes wrong with the files of a log, operation by operation (L11): under the production log, at the file port.
//
// F1. The process can end before any operation: what was written and not synced is then in nobody's hands. As found
//     after a kill it is there, after a power cut it may be.
// F2. A write or sync that fails throws; a full disk takes what fits and throws.
// F3. Space that was given back can be used again.

import type { DiskOperation, VolatileDirectory } from '@perdure/testing/volatile-directory';

/** What the platform throws when the medium refuses. */
export class MediumRefused extends Error {
  override readonly name = 'MediumRefused';
  readonly code = 'EIO';
  readonly operation: DiskOperation;

  constructor(operation: DiskOperation) {
    super(`EIO: i/o error, simulated ${operation}`);
    this.operation = operation;
  }
}

interface PlannedEnd {
  operations: number;
  readonly beforeSync: boolean;
  readonly end: () => void;
}

export class FileFaults {
  #end: PlannedEnd | null = null;
  #failing: DiskOperation | null = null;
  #spaceBytes: number | null = null;
  #directory: VolatileDirectory | null = null;

  /** The directory that a process is about to use. */
  attach(directory: VolatileDirectory): void {
    this.#directory = directory;
    this.#giveSpace();
    directory.faults.onOperation = (operation) => this.#before(operation);
  }

  /** The directory is another one now, of the same disk. */
  detach(): void {
    this.#spaceBytes = this.#directory?.faults.spaceBytes ?? this.#spaceBytes;
    this.#directory = null;
  }

  /** F1: so many operations from now, or so many syncs; `end` ends the process. */
  endIn(operations: number, beforeSync: boolean, end: () => void): void {
    this.#end = { operations, beforeSync, end };
  }

  /** F2: the next operation of that kind. */
  failNext(operation: 'write' | 'sync'): void {
    this.#failing = operation;
  }

  /** Files can grow by so many bytes; null: as they like. */
  set spaceBytes(bytes: number | null) {
    this.#spaceBytes = bytes;
    this.#giveSpace();
  }

  get isFull(): boolean {
    return this.#spaceBytes !== null;
  }

  clear(): void {
    this.#end = null;
    this.#failing = null;
    this.spaceBytes = null;
  }

  #giveSpace(): void {
    const faults = this.#directory?.faults;
    if (faults === undefined) return;
    if (this.#spaceBytes === null) delete faults.spaceBytes;
    else faults.spaceBytes = this.#spaceBytes;
  }

  #before(operation: DiskOperation): void {
    const planned = this.#end;
    const counts = planned !== null && (!planned.beforeSync || operation === 'sync');
    if (counts && planned.operations-- <= 0) {
      this.#end = null;
      planned.end();
      return;
    }
    if (this.#failing !== operation) return;
    this.#failing = null;
    throw new MediumRefused(operation);
  }
}
