// What clients and workers were told, as they saw it: the only thing a server is judged by.
//
// Times are true ones, µs. An operation that was retried is one operation: it began with its first try and ended with the
// first answer that decides it.

import type { HistoryEvent } from '@perdure/wire';
import type { Properties } from './properties.ts';

export interface Operation {
  readonly workflowId: string;
  readonly beganUs: number;
  readonly endedUs: number;
}

export interface StartSeen extends Operation {
  readonly runId: string;
}

export interface SignalSeen extends Operation {
  /** Nobody else sends one of that name to that workflow id. */
  readonly name: string;
  /** False: refused because the run had ended, or was not there. Null: nobody knows. */
  readonly taken: boolean | null;
}

/** A request about a workflow id, whatever came of it. */
export interface RequestSeen extends Operation {
  readonly kind: 'start' | 'signal' | 'cancel' | 'terminate' | 'delete';
  /** By which its event is known: the identity of who asked, or the name of the signal. */
  readonly mark: string;
  /** The run that it named; empty: the current one. */
  readonly runId: string;
  readonly outcome: 'taken' | 'existing' | 'refused' | 'unknown';
  /** No other copy of it can have come to the server after it was decided. */
  readonly single: boolean;
  /** The run that the answer named; empty: none. */
  readonly toldRunId: string;
  /** What a refusal said. */
  readonly refusal: string;
  /** A signal that would have started a run, too. */
  readonly withStart: boolean;
  /** Of a start: WorkflowIdReusePolicy. */
  readonly reuse: number;
}

/** Somebody waited for the end of a run and was told of it. */
export interface EndSeen extends Operation {
  readonly runId: string;
  /** When the call began that was told; an earlier one failed. */
  readonly askedUs: number;
  /** It asked for the closing event alone. */
  readonly closeOnly: boolean;
  /** Pages of the history, each event encoded. */
  readonly pages: readonly (readonly Uint8Array[])[];
}

/** An attempt of an activity that a worker got. */
export interface AttemptSeen {
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
  readonly worker: string;
  readonly timeUs: number;
  /** The program wants it to run at most once, whatever happens. */
  readonly once: boolean;
  /** What the attempts before it reported and were told was kept; null: nothing. */
  readonly heartbeat: number | null;
}

/** A heartbeat that was acknowledged. */
export interface HeartbeatSeen {
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
  readonly value: number;
}

/** A result of an activity that was acknowledged. */
export interface ResultSeen {
  readonly seenUs: number;
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
  readonly worker: string;
}

/** A workflow task that a worker got, with all that it knew of the run then. */
export interface TaskSeen {
  readonly runId: string;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly events: readonly HistoryEvent[];
}

/** The history of a run as somebody read it. */
export interface HistorySeen {
  readonly workflowId: string;
  readonly runId: string;
  readonly beganUs: number;
  readonly endedUs: number;
  /** Each event encoded; none when there was no such run. */
  readonly events: readonly Uint8Array[];
}

/** A run as it was described. */
export interface DescriptionSeen {
  readonly workflowId: string;
  readonly runId: string;
  /** WorkflowExecutionStatus. */
  readonly status: number;
  readonly seenUs: number;
  readonly historyLength: number;
  readonly pendingActivities: readonly string[];
  /** A worker has a workflow task of it: what happens now is in no event yet. */
  readonly taskStarted: boolean;
  readonly properties: Properties;
  readonly beganUs: number;
}

/** The state of a run as an operator saw it. */
export interface StateSeen {
  readonly workflowId: string;
  readonly runId: string;
  readonly version: number;
  readonly historyLength: number;
  readonly activities: readonly string[];
  readonly timers: readonly string[];
  /** Events that are kept back while a worker has a workflow task. */
  readonly buffered: number;
  readonly seenUs: number;
  /** All of it that belongs to the version, as text. */
  readonly state: string;
}

/** A time in which the server could not do its work, by no fault of its own. */
export interface Outage {
  readonly cause: string;
  readonly beganUs: number;
  readonly endedUs: number;
}

export class Ledger {
  readonly starts: StartSeen[] = [];
  readonly signals: SignalSeen[] = [];
  readonly requests: RequestSeen[] = [];
  readonly ends: EndSeen[] = [];
  readonly tasks: TaskSeen[] = [];
  readonly attempts: AttemptSeen[] = [];
  readonly heartbeats: HeartbeatSeen[] = [];
  readonly results: ResultSeen[] = [];
  readonly histories: HistorySeen[] = [];
  readonly descriptions: DescriptionSeen[] = [];
  readonly states: StateSeen[] = [];
  readonly outages: Outage[] = [];
  /** When an answer of the server was lost on its way. */
  readonly lostAnswers: number[] = [];
  /** The clocks of the servers were set while they ran: what they wrote down says nothing about true time. */
  clocksAreSet = false;
  /** From here on nothing goes wrong, and nothing that went wrong before keeps a worker from its work. */
  calmUs = Number.POSITIVE_INFINITY;
}
