// What the main thread and a connection in a thread say to each other. Answers come in the order of the requests.

import type { FileDefinition } from './database.ts';
import type { FaultReport } from './sqlite-fault.ts';

/** The first request. */
export interface Opening {
  readonly kind: 'open';
  readonly role: 'writer' | 'reader';
  readonly path: string;
  readonly definition: FileDefinition;
  /** PRAGMA statements of the user. */
  readonly pragmas: readonly string[];
}

/** A buffer holds calls, writes for the writer and reads for a reader (value-writer.ts). */
export type Request =
  | Opening
  | ArrayBuffer
  | { readonly kind: 'sync' }
  | { readonly kind: 'stats' }
  /** A copy of the file as it stands, to a path where nothing is yet. For a reader: writers go on. */
  | { readonly kind: 'copy'; readonly to: string }
  | { readonly kind: 'close' };

/** What a request gives: `null` when it is only done, a buffer of rows for reads. */
export type Outcome = null | ArrayBuffer | FileStats;

export type Answer = Outcome | { readonly fault: FaultReport };

export interface FileStats {
  readonly fileBytes: number;
  readonly walBytes: number;
  readonly pageBytes: number;
  readonly pages: number;
  readonly freePages: number;
  /** Of a commit outside `sync`: 1 NORMAL, 2 FULL, 3 EXTRA. */
  readonly synchronous: number;
  readonly journalMode: string;
  /** Calls of `sync` in the life of the file, one for its creation. */
  readonly syncs: number;
  /** Statements that this connection has run for calls, since it was opened. */
  readonly statements: number;
}
