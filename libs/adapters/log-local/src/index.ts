// The log port on local files.

export { inspectLog } from './inspect-log.ts';
export {
  LocalLog,
  type LocalLogOptions,
  type LogStats,
} from './local-log.ts';
export { type LocalLogPartition, openLocalLogPartition } from './local-log-partition.ts';
export type { RecoveryReport } from './open-segments.ts';
export { formatVersion as segmentFormat } from './record-format.ts';
export { openThreadedLog, type ThreadedLogOptions } from './threaded-log.ts';
