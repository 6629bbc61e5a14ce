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
  /** Nobody will ever hear of it again from this worker. */
  readonly silent: boolean;
  /** The program wants it to run at most once, whatever happens. */
  readonly once: boolean;
  /** What the attempts before it reported and were told was kept; null: nothing. */
  readonly heartbeat: number | null;
  /** As the server told the worker: since when it could be taken, and when it was; µs by the server's clock. */
  readonly dueUs: number;
  readonly startedUs: number;
}

/** A heartbeat that was acknowledged. */
export interface HeartbeatSeen {
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
  readonly value: number;
  readonly beganUs: number;
  readonly cancelRequested: boolean;
}

/**
 * What became of a call that its caller repeats until it knows. Refused: the only time that the server heard it. A call
 * that was answered "not found" after a try without an answer may have been carried out by that try.
 */
export type Verdict = 'taken' | 'refused' | 'unknown';

/** What somebody reported of an activity. It is here from its first try on: who reports can die before the answer. */
export interface ReportSeen {
  readonly runId: string;
  readonly activityId: string;
  /** 0: reported by the id of the activity, of whatever attempt. */
  readonly attempt: number;
  readonly worker: string;
  readonly how: 'completed' | 'failed' | 'canceled';
  /** Stands in the result, message or details; nobody else uses it. */
  readonly mark: string;
  /** A failure after which nothing is to be tried again. */
  readonly final: boolean;
  /** What the failure asks for; null: what the policy says. */
  readonly retryDelayUs: number | null;
  verdict: Verdict;
  endedUs: number;
}

/** A workflow task that a worker got. */
export interface TaskSeen {
  readonly runId: string;
  readonly worker: string;
  readonly attempt: number;
  readonly startedEventId: number;
  readonly previousStartedEventId: number;
  /** By the server's clock, µs. */
  readonly startedUs: number;
  /** The events that came with it, encoded. */
  came: readonly Uint8Array[];
  /** All that the worker saw of the run; none when it could not get that. */
  events: readonly HistoryEvent[];
}

/** What a worker answered to a workflow task. It is here from its first try on. */
export interface TaskAnswerSeen {
  readonly runId: string;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly how: 'completed' | 'failed';
  /** Stands in the event that says so; nobody else uses it. */
  readonly mark: string;
  /** CommandType of each. */
  readonly commands: readonly number[];
  /** The worker knows that this task is over. */
  readonly stale: boolean;
  verdict: Verdict;
  endedUs: number;
  /** Status and text of a refusal. */
  refusal: string;
}

/** A query for the number of signals that the run has seen, and its answer. */
export interface QuerySeen extends Operation {
  readonly runId: string;
  readonly answer: number;
}

/** A query that was rejected because its run was not open. */
export interface RejectedQuery {
  readonly workflowId: string;
  /** WorkflowExecutionStatus. */
  readonly status: number;
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
  readonly attempts: AttemptSeen[] = [];
  readonly heartbeats: HeartbeatSeen[] = [];
  readonly reports: ReportSeen[] = [];
  readonly tasks: TaskSeen[] = [];
  readonly taskAnswers: TaskAnswerSeen[] = [];
  readonly queries: QuerySeen[] = [];
  readonly rejectedQueries: RejectedQuery[] = [];
  readonly histories: HistorySeen[] = [];
  readonly descriptions: DescriptionSeen[] = [];
  readonly states: StateSeen[] = [];
  readonly outages: Outage[] = [];
  /** Times in which no worker polled. */
  readonly absences: { readonly beganUs: number; readonly endedUs: number }[] = [];
  /** When an answer of the server was lost on its way. */
  readonly lostAnswers: number[] = [];
  /** The clocks of the servers were set while they ran: what they wrote down says nothing about true time. */
  clocksAreSet = false;
  /** From here on nothing goes wrong, and nothing that went wrong before keeps a worker from its work. */
  calmUs = Number.POSITIVE_INFINITY;
}
