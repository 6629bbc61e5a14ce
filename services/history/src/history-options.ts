// What the history service of one LogPartition is given, and what it gives.

import type { RunKey } from '@perdure/kernel';
import type {
  Clock,
  DynamicConfig,
  HistoryService,
  LogPartition,
  MessageLink,
  Metrics,
  Namespaces,
  Store,
  TaskOffer,
  TaskOffers,
  VisibilityIndex,
} from '@perdure/ports';
import type { ClaimOptions } from './log/open-tail.ts';
import type { MessageTraffic } from './messages/message-traffic.ts';
import type { ProbeOrder } from './messages/send-probes.ts';
import type { HistoryOperator } from './operator/operator.ts';
import type { OwnedPlace } from './owner/place.ts';
import type { RetentionCounts } from './owner/retention.ts';

export interface HistoryOptions {
  readonly clock: Clock;
  readonly config: DynamicConfig;
  readonly log: LogPartition;
  /** Longest record the log takes, bytes. */
  readonly recordBytesMax: number;
  /** Which LogPartition it is, and what it holds; the only one unless given. */
  readonly place?: OwnedPlace;
  /** How a node of a cluster wants to own it; absent: nobody else can. */
  readonly claim?: ClaimOptions;
  readonly store: Store;
  readonly visibility: VisibilityIndex;
  readonly matching: TaskOffers;
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
  /** W5: the owner proves that it is one, or notices that it is not, unless the log confirmed it less than so many µs ago. */
  prove(ageUs: number): void;
  /** How long the log has left an append without an outcome, µs; 0: it has not (M10). */
  silentUs(): number;
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
