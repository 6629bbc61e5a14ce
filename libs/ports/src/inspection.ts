// Looking at storage without opening it: read only, beside a server or after one, and going on behind what is damaged.

import type { RunKey } from '@perdure/kernel';
import type { StorageFault } from './faults.ts';
import type { LogPartition } from './log.ts';
import type { AppliedRow, HistoryRow, QuarantineRow, RunStateRow, WakeRow } from './store.ts';

/** A place in the files of a log, for people. */
export interface LogPlace {
  readonly segment: string;
  /** Byte in the file. */
  readonly at: number;
  /** Place on the number line of all segments. */
  readonly position: number;
}

/** What stands next in the log. */
export type LogItem =
  | {
      readonly kind: 'record';
      readonly place: LogPlace;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  /** Bytes that are no record, or a record that is not the one that belongs here. `next`: the offset expected. */
  | {
      readonly kind: 'damage';
      readonly place: LogPlace;
      readonly next: number | null;
      readonly reason: string;
    };

export interface LogInspection {
  readonly segments: readonly string[];
  /** What stands in the log, in order. A new walk each time. */
  items(): Iterable<LogItem>;
  /** Where everything below was covered by a returned sync, as far as records say: damage above it is a torn tail (L11). */
  readonly synced: number;
  /** Why a server would refuse to serve this log; null: it would open it. */
  readonly verdict: StorageFault | null;
  close(): void;
}

/** A row of the table of workflow ids. */
export interface InspectedWorkflow {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly clock: number;
  readonly state: Uint8Array;
}

/** One state of the store: what is written meanwhile is not seen. */
export interface StoreInspection {
  readonly applied: AppliedRow | null;
  /** What the store itself finds wrong with its file. */
  damage(): readonly string[];
  runStates(): Iterable<RunStateRow>;
  /** Rows of the run's first branch, by first event id. */
  historyOf(run: RunKey): Iterable<HistoryRow>;
  /** Runs with a history and no state. */
  runsWithoutState(): Iterable<RunKey>;
  workflows(): Iterable<InspectedWorkflow>;
  wake(): Iterable<WakeRow>;
  quarantine(): Iterable<QuarantineRow>;
  close(): void;
}

/** What of a segment holds records: it is never written to again. */
export interface SegmentExtent {
  readonly name: string;
  /** Bytes of whole, durable records from the start of the file. */
  readonly recordBytes: number;
  /** Length of the file; zeros behind the records. The next segment begins where it ends. */
  readonly fileBytes: number;
}

/** The log as it stands: every durable record, by the files they are in. */
export interface LogExtent {
  readonly lowMark: number;
  readonly endOffset: number;
  readonly segments: readonly SegmentExtent[];
}

/** A log that can say where its records lie. */
export interface CopiedLog extends LogPartition {
  extent(): Promise<LogExtent>;
}
