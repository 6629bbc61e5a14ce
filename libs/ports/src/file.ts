// The file port: the few calls that the local log makes on a directory, synchronous because they run in a thread of
// their own (a detour over the thread pool costs more than the call). A test double forgets what was not synced.

/** Thrown for a file that is not there; every other failure is thrown as it comes from the platform. */
export class FileNotFound extends Error {
  override readonly name = 'FileNotFound';
}

export interface OpenFile {
  /** Bytes of the file. */
  size(): number;
  /** Reads up to `length` bytes at `position`; fewer at the end of the file. */
  read(position: number, length: number): Uint8Array;
  /** Writes all bytes at `position`, or throws. Durable only after `sync`. */
  write(position: number, bytes: Uint8Array): void;
  /** fdatasync: contents, and size if it changed. After it threw, nothing may be assumed of earlier writes (L11). */
  sync(): void;
  truncate(length: number): void;
  close(): void;
}

/** One directory. Names are plain file names; the files of the lock are not among them. */
export interface FileDirectory {
  list(): readonly string[];
  /** Creates an empty file and opens it; throws if it exists. The name is durable only after `syncDirectory`. */
  create(name: string): OpenFile;
  /** Opens an existing file for reading and writing. Throws FileNotFound. */
  open(name: string): OpenFile;
  /** Replaces `to` if it exists. Throws FileNotFound, as does `remove`. */
  rename(from: string, to: string): void;
  remove(name: string): void;
  /** fsync of the directory: makes creations, renames and removals durable. */
  syncDirectory(): void;
  /**
   * Takes the exclusive lock of the directory, or says who has it. Excludes other processes and other opens in this one.
   * Released by the end of the process, however it ends.
   */
  lock(): { readonly ok: true; release(): void } | { readonly ok: false; readonly holder: string };
}
