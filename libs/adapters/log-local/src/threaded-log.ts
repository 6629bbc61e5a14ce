// The local log in a thread of its own: the form the server uses. A sync takes a quarter of a millisecond; here it
// blocks nobody. An append is one message; its records lie in memory shared with the thread, used by one append at a
// time: nothing is allocated for an append.

import { assert } from '@perdure/kernel';
import type { LogExtent, LogRecord } from '@perdure/ports';
import type { LocalLogOptions, LogStats } from './local-log.ts';
import type { LocalLogPartition } from './local-log-partition.ts';
import { LogThread } from './log-thread.ts';
import type { RecoveryReport } from './open-segments.ts';
import {
  numberRecords,
  type Packed,
  packedBytes,
  packRecords,
  unpackRecords,
} from './thread-messages.ts';

export interface ThreadedLogOptions extends LocalLogOptions {
  /** Told once, when the log has failed and the process is to end (L11). */
  readonly onFault?: (fault: Error) => void;
}

/** Opens the log of a directory in a thread; creates the directory if it is not there. */
export async function openThreadedLog(
  directoryPath: string,
  given: ThreadedLogOptions = {},
): Promise<LocalLogPartition> {
  const { onFault, ...options } = given;
  const thread = new LogThread({ directoryPath, options }, onFault ?? (() => undefined));
  return new ThreadedLog(thread, await thread.opened);
}

class ThreadedLog implements LocalLogPartition {
  readonly report: RecoveryReport;
  readonly #thread: LogThread;
  #appending = false;
  #shared: Uint8Array<SharedArrayBuffer> = sharedBytes(1 << 17);

  constructor(thread: LogThread, report: RecoveryReport) {
    this.#thread = thread;
    this.report = report;
  }

  async append(records: readonly Uint8Array[]): Promise<number> {
    assert(!this.#appending, 'an append is under way (W2: never two in flight)');
    this.#appending = true;
    try {
      const needed = packedBytes(records);
      if (needed > this.#shared.length) this.#shared = sharedBytes(2 * needed);
      const packed = packRecords(records, this.#shared);
      return (await this.#thread.ask({ kind: 'append', records: packed })) as number;
    } finally {
      this.#appending = false;
    }
  }

  async read(fromOffset: number, maxBytes: number): Promise<readonly LogRecord[]> {
    const packed = (await this.#thread.ask({ kind: 'read', fromOffset, maxBytes })) as Packed;
    return numberRecords(unpackRecords(packed), fromOffset);
  }

  async endOffset(): Promise<number> {
    return (await this.#thread.ask({ kind: 'endOffset' })) as number;
  }

  async lowMark(): Promise<number> {
    return (await this.#thread.ask({ kind: 'lowMark' })) as number;
  }

  async trim(offset: number): Promise<void> {
    await this.#thread.ask({ kind: 'trim', offset });
  }

  async stats(): Promise<LogStats> {
    return (await this.#thread.ask({ kind: 'stats' })) as LogStats;
  }

  async extent(): Promise<LogExtent> {
    return (await this.#thread.ask({ kind: 'extent' })) as LogExtent;
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}

function sharedBytes(length: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(length));
}
