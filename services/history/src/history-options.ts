// What the history service of one LogPartition is given, and what it gives.

import type { RunKey } from '@perdure/kernel';
import type {
  Clock,
  DynamicConfig,
  HistoryService,
  LogPartition,
  MatchingService,
  MessageLink,
  Metrics,
  Namespaces,
  Store,
  TaskOffer,
  VisibilityIndex,
} from '@perdure/ports';
import type { MessageTraffic } from './messages/message-traffic.ts';
import type { ProbeOrder } from './messages/send-probes.ts';
import type { HistoryOperator } from './operator/operator.ts';
import type { RetentionCounts } from './owner/retention.ts';

export interface HistoryOptions {
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly log: LogPartition;
  /** Longest record the log takes, bytes. */
  readonly recordBytesMax: number;
  readonly store: Store;
  readonly visibility: VisibilityIndex;
  readonly matching: MatchingService;
  readonly namespaces: Namespaces;
  /**
   * How messages of the runs come to the owners of their targets, given the one that is here; absent: all targets are here,
   * and no earlier owner can have left a message on its way.
   */
  readonly messageLink?: (here: MessageLink) => MessageLink;
  readonly tokenKey: Uint8Array;
  /** Name of the process, for people who read the log. */
  readonly owner: string;
  readonly newId: () => string;
  /** Where the service counts; nowhere unless given. */
  readonly metrics?: Metrics;
  /** Log or store cannot be used any more: the process is to end, at once and without an answer (L11). */
  readonly onHalt: (fault: Error) => void;
  /** Something went wrong that is nobody's request: for the log of the process. */
  readonly onTrouble: (message: string, error: unknown, run: RunKey | null) => void;
}

export interface OpenedHistory {
  readonly service: HistoryService;
  readonly operator: HistoryOperator;
  /** Takes messages for the workflow ids of this LogPartition (X2, X3). */
  readonly messages: MessageLink;
  /** Makes a run send probes: no RPC leads here. */
  sendProbes(order: ProbeOrder): Promise<string[]>;
  readonly recovered: {
    readonly transitions: number;
    readonly runs: number;
    readonly wakeRows: number;
  };
  /** Offers the task once more, wherever it can be taken: matching has dropped it after a start that failed. */
  offerAgain(offer: TaskOffer): void;
  /** Answers the calls that wait for a change of a run, as if their time were up. */
  endWaits(): void;
  /** Everything durable into the store; then the log is trimmed. Nothing may be decided any more. */
  drain(): Promise<void>;
  stop(): void;
  readonly counts: HistoryCounts;
}

export interface HistoryCounts {
  /** Of the log: frames, transitions, bytes, most transitions in one frame. */
  readonly log: { frames: number; transitions: number; bytes: number; batchMax: number };
  readonly loadedRuns: () => number;
  /** Of them, those that could leave memory. */
  readonly idleRuns: () => number;
  readonly evictedRuns: () => number;
  /** Places in the timer queue, of runs in memory and others. */
  readonly armedTimers: () => number;
  /** Tasks offered to matching. */
  readonly offers: () => number;
  readonly unappliedTransitions: () => number;
  readonly retention: Readonly<RetentionCounts>;
  readonly messages: MessageTraffic['counts'];
}
