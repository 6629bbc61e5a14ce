// The protocol of the log: records, the reader rule, the writer, checkpoints. Pure: every part is fed and answers.

export {
  appliedFault,
  boundsFault,
  type FramePosition,
  positionOf,
  stateAfter,
  successorFault,
  trimBound,
} from './checkpoint.ts';
export { type Claimant, claim } from './claim.ts';
export { ClockGuard, clockOffUsMax } from './clock-guard.ts';
export { lastClockOf, nextFrameClock } from './frame-clock.ts';
export {
  type FrameBounds,
  frameBoundsFor,
  GroupTooLarge,
  type TransitionGroup,
} from './frame-queue.ts';
export { LogRuleBroken, UnreadableRecord } from './log-fault.ts';
export {
  emptyLog,
  judgeRecord,
  LogReader,
  type ReadCounts,
  type ReaderState,
  type Reading,
  type VoidReason,
} from './log-reader.ts';
export { type Landing, LogWriter, type SealedFrame } from './log-writer.ts';
export type { Landed, OwnRecords, Reclaim } from './reclaim.ts';
export {
  type Announce,
  decodeRecord,
  encodeAnnounce,
  type Frame,
  type LogEntry,
  type PendingTransition,
  recordFormat,
} from './records.ts';
export { judgeVersion, type VersionVerdict } from './run-version.ts';
