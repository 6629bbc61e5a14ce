// The log under the rules of its readers: what counts (L1-L5), and that the versions and events of each run follow one
// another (L2, S3, S4).
//
// V1. Reading begins at the first record that is there. From the frame that `applied` names on it is the owner's replay,
//     with the owner's rules (L8); what lies before has been in the store already.
// V2. A run's chain is the transitions of counted frames; the store's row joins it later (store-check.ts).

import { decodeBody, decodeWorkflowBody, type TransitionBody } from '@perdure/core-execution';
import {
  appliedFault,
  decodeRecord,
  emptyLog,
  type LogEntry,
  LogReader,
  lastClockOf,
  type PendingTransition,
  type ReadCounts,
  type ReaderState,
  stateAfter,
  successorFault,
  UnreadableRecord,
} from '@perdure/core-log';
import { type RunKey, runKeyText } from '@perdure/kernel';
import type { AppliedRow, LogItem, LogPlace } from '@perdure/ports';
import { countEvents } from '@perdure/wire';
import { cureOfRun, type Findings, placeText, restoreAll } from './findings.ts';

/** What the log says of one run. */
export interface LoggedRun {
  readonly run: RunKey;
  readonly firstVersion: number;
  readonly firstWhere: string;
  lastVersion: number;
  /** Highest version at or below `applied`; 0: none. */
  appliedVersion: number;
  /** Id behind the last event, by the newest transition that could be read; null: none could. */
  nextEventId: number | null;
  closed: boolean;
  /** The run is deleted: what is missing before that is no fault (L2). */
  deleted: boolean;
  /** Gaps, faults unless the run is deleted later. */
  readonly gaps: { readonly what: string; readonly where: string }[];
}

const open = 1;

export class LogCheck {
  readonly runs = new Map<string, LoggedRun>();
  records = 0;
  lowMark: number | null = null;
  endOffset = 0;
  readonly #applied: AppliedRow | null;
  /** Keys of runs that the server has set aside: what is wrong with them is known. */
  readonly #quarantined: ReadonlySet<string>;
  readonly #findings: Findings;
  #reader: LogReader | null = null;
  #appliedSeen = false;

  constructor(applied: AppliedRow | null, quarantined: ReadonlySet<string>, findings: Findings) {
    this.#applied = applied;
    this.#quarantined = quarantined;
    this.#findings = findings;
  }

  get counts(): ReadCounts {
    return (this.#reader ?? new LogReader(emptyLog)).counts;
  }

  get appliedSeen(): boolean {
    return this.#appliedSeen;
  }

  take(item: LogItem & { readonly kind: 'record' }): void {
    this.records += 1;
    this.lowMark ??= item.offset;
    this.endOffset = item.offset + 1;
    const where = placeText(item.place, item.offset);
    try {
      this.#read(item, where);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      this.#findings.add('L1', error.message, where, [], restoreAll);
    }
  }

  #read({ offset, bytes }: { offset: number; bytes: Uint8Array }, where: string): void {
    const entry = decodeRecord(bytes);
    const applied = this.#applied;
    this.#reader ??= new LogReader(this.#stateBefore(entry, offset));
    if (applied !== null && offset === applied.offset) {
      this.#appliedSeen = true;
      const fault = appliedFault(applied, entry);
      if (fault !== null) this.#findings.add('L8', fault.message, where, [], restoreAll);
    }
    const reading = this.#reader.read(bytes);
    const replayed = applied === null || offset > applied.offset;
    const fault = reading.kind === 'broken' || replayed ? successorFault(offset, reading) : null;
    if (fault !== null) {
      this.#findings.add(fault.rule === 'L3' ? 'L3' : 'L8', fault.message, where, [], restoreAll);
      // What follows is judged as if this were in order, so that one gap is one finding.
      if (entry.kind === 'frame') this.#reader = resumed(this.#reader, entry);
    }
    if (reading.kind !== 'frame') return;
    const isApplied = applied !== null && offset <= applied.offset;
    for (const transition of reading.frame.transitions) this.#chain(transition, where, isApplied);
  }

  /** The rule state that makes the first record count: what stood before it was trimmed. */
  #stateBefore(entry: LogEntry, offset: number): ReaderState {
    if (offset === 0) return emptyLog;
    if (this.#applied !== null && this.#applied.offset === offset - 1) {
      return stateAfter(this.#applied);
    }
    if (entry.kind === 'announce') return { ...emptyLog, epoch: entry.announce.epoch - 1 };
    const { epoch, nonce, number, clock } = entry.frame;
    return { epoch, nonce, nextNumber: number, clock: clock - 1 };
  }

  #chain(transition: PendingTransition, where: string, isApplied: boolean): void {
    const { run, version } = transition;
    const key = runKeyText(run);
    if (this.#quarantined.has(key)) return;
    if (run.runId === '') {
      this.#checkWorkflow(transition, where);
      return;
    }
    const known = this.runs.get(key);
    const body = this.#decode(transition, where);
    const logged = known ?? {
      run,
      firstVersion: version,
      firstWhere: where,
      lastVersion: version - 1,
      appliedVersion: 0,
      nextEventId: null,
      closed: false,
      deleted: false,
      gaps: [],
    };
    if (known === undefined) this.runs.set(key, logged);
    if (version <= logged.lastVersion) return;
    if (version > logged.lastVersion + 1) {
      const what = `version ${version} of run ${run.runId} follows version ${logged.lastVersion}`;
      logged.gaps.push({ what, where });
      logged.nextEventId = null;
    }
    if (body !== null) this.#checkBody(logged, transition, body, where);
    logged.lastVersion = version;
    if (isApplied) logged.appliedVersion = version;
  }

  /** A change of a workflow id alone (X2, X3): it follows no version, the clock of the id's row tells what is stored. */
  #checkWorkflow({ body, run }: PendingTransition, where: string): void {
    try {
      decodeWorkflowBody(body);
    } catch (error) {
      const what = `a change of workflow id ${run.workflowId} cannot be read: ${(error as Error).message}`;
      this.#findings.add('L12', what, where, [run], restoreAll);
    }
  }

  #decode({ run, version, body }: PendingTransition, where: string): TransitionBody | null {
    try {
      return decodeBody(body);
    } catch (error) {
      const what = `version ${version} of run ${run.runId} cannot be read: ${(error as Error).message}`;
      this.#findings.add('L12', what, where, [run], cureOfRun);
      return null;
    }
  }

  #checkBody(
    logged: LoggedRun,
    { run, version }: PendingTransition,
    body: TransitionBody,
    where: string,
  ): void {
    const { progress } = body.delta;
    const fault = (rule: 'L2' | 'S4', text: string): void => {
      const what = `version ${version} of run ${run.runId} ${text}`;
      this.#findings.add(rule, what, where, [run], cureOfRun);
    };
    if (body.deletes) {
      logged.deleted = true;
      return;
    }
    // Messages to other runs go on when their sender has closed (X3).
    const { outboxRemoved, outboxSet } = body.delta;
    const messages = outboxSet.length + outboxRemoved.length > 0 && body.events.length === 0;
    if (logged.closed && !messages) fault('S4', 'follows the one that closed it');
    if (progress.version !== version) fault('L2', `holds the state of version ${progress.version}`);
    if (logged.nextEventId !== null && body.firstEventId !== logged.nextEventId) {
      fault('L2', `goes on at event ${body.firstEventId}, not ${logged.nextEventId}`);
    }
    const made = progress.nextEventId - body.firstEventId;
    if (countEvents(body.events) !== made)
      fault('L2', `holds ${countEvents(body.events)} of ${made} events`);
    logged.nextEventId = progress.nextEventId;
    logged.closed = progress.status !== open;
  }
}

/** A reader that goes on behind a frame that does not count, with the counts of the one before. */
function resumed(reader: LogReader, entry: LogEntry & { readonly kind: 'frame' }): LogReader {
  const { epoch, nonce, number, clock, transitions } = entry.frame;
  const last = Math.max(reader.state.clock, lastClockOf(clock, transitions.length));
  const next = new LogReader({ epoch, nonce, nextNumber: number + 1, clock: last });
  Object.assign(next.counts, reader.counts);
  return next;
}

/** For the message of a place in the log where nothing can be read. */
export function damageText(place: LogPlace, next: number | null, reason: string): string {
  const record = next === null ? 'a record' : `record ${next}`;
  return `${record} is damaged or missing at position ${place.position}: ${reason}`;
}
