// The local log as a LogPartition in the thread of its caller: for simulations, tests and tools. It blocks while it syncs.

import type { CopiedLog, FileDirectory, LogExtent, LogRecord } from '@perdure/ports';
import { LocalLog, type LocalLogOptions, type LogStats } from './local-log.ts';
import type { RecoveryReport } from './open-segments.ts';

export interface LocalLogPartition extends CopiedLog {
  /** What opening found and did. */
  readonly report: RecoveryReport;
  stats(): Promise<LogStats>;
}

export async function openLocalLogPartition(
  directory: FileDirectory,
  options: LocalLogOptions = {},
): Promise<LocalLogPartition> {
  return new InProcessLog(LocalLog.open(directory, options));
}

class InProcessLog implements LocalLogPartition {
  readonly report: RecoveryReport;
  readonly #log: LocalLog;

  constructor(log: LocalLog) {
    this.#log = log;
    this.report = log.report;
  }

  async append(records: readonly Uint8Array[]): Promise<number> {
    const first = this.#log.append(records);
    this.#log.prepareAhead();
    return first;
  }

  async read(fromOffset: number, maxBytes: number): Promise<readonly LogRecord[]> {
    return this.#log.read(fromOffset, maxBytes);
  }

  async endOffset(): Promise<number> {
    return this.#log.endOffset;
  }

  async lowMark(): Promise<number> {
    return this.#log.lowMark;
  }

  async trim(offset: number): Promise<void> {
    this.#log.trim(offset);
  }

  async stats(): Promise<LogStats> {
    return this.#log.stats;
  }

  async extent(): Promise<LogExtent> {
    return this.#log.extent;
  }

  async close(): Promise<void> {
    this.#log.close();
  }
}
