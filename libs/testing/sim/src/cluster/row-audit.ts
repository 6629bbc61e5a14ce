// What the processes of a world wrote into the store, held against the log of the world (M1): each row is a function of what
// counts in the log, whoever wrote it and whenever it came. Judged is what was asked for, not what was left of it.
//
// B1. A history row, and the deletion of a run, has the clock of a transition of that run.
// B2. The state of a run has the clock of the transition of its version.
// B3. The row of a workflow id, and its deletion, has the clock of a transition of one of its runs.
// B4. A checkpoint names a frame, and has the clock of its last transition (L8).

import { historyOf, type Mutation, type Row, statesOf } from './cassandra-cells.ts';
import type { JudgedRecord, LoggedFrame } from './log-audit.ts';

/** What counts in the logs of a world, as rows name it. */
class Counted {
  /** Clocks by version, by run. */
  readonly #runs = new Map<string, Map<number, number>>();
  readonly #clocksOfIds = new Map<string, Set<number>>();
  readonly #frames = new Map<string, LoggedFrame>();

  add(entry: JudgedRecord): void {
    if (entry.kind !== 'frame' || !entry.counts) return;
    const { frame, record } = entry;
    this.#frames.set(`${record.partition} ${record.offset}`, frame);
    for (const [index, transition] of frame.transitions.entries()) {
      const { namespaceId, workflowId, version } = transition;
      const clock = frame.clock + index;
      const run = historyOf(transition);
      const versions = this.#runs.get(run) ?? new Map<number, number>();
      this.#runs.set(run, versions.set(version, clock));
      const id = statesOf(namespaceId, workflowId);
      this.#clocksOfIds.set(id, (this.#clocksOfIds.get(id) ?? new Set()).add(clock));
    }
  }

  /** `run`: its key in the table of histories. */
  ofRun(run: string, clock: number): boolean {
    return [...(this.#runs.get(run)?.values() ?? [])].includes(clock);
  }

  ofVersion(run: string, version: number, clock: number): boolean {
    return this.#runs.get(run)?.get(version) === clock;
  }

  /** `id`: its key in the table of states. */
  ofId(id: string, clock: number): boolean {
    return this.#clocksOfIds.get(id)?.has(clock) ?? false;
  }

  frame(partition: number, offset: number): LoggedFrame | undefined {
    return this.#frames.get(`${partition} ${offset}`);
  }
}

/** `faults` hears of rows that follow from nothing. */
export function judgeRows(
  written: Iterable<Mutation>,
  logs: readonly (readonly JudgedRecord[])[],
  faults: (fault: string) => void,
): void {
  const counted = new Counted();
  for (const log of logs) for (const entry of log) counted.add(entry);
  for (const { table, partition, cells, tombstones } of written) {
    for (const { row, clock } of cells) {
      const fault = faultOf(row, partition, clock, counted);
      if (fault !== null) faults(`M1: ${table} ${partition}: ${fault}`);
    }
    for (const { scope, clock } of tombstones) {
      const follows =
        (scope.startsWith('history ') && !counted.ofRun(partition, clock)) ||
        (scope.startsWith('workflow ') && !counted.ofId(partition, clock));
      if (follows) faults(`M1: ${table} ${partition}: no transition has the clock of a deletion`);
    }
  }
}

/** Null: it follows from the log, or is exempt. */
function faultOf(row: Row, partition: string, clock: number, counted: Counted): string | null {
  if ('epoch' in row) {
    const { logPartition, offset, epoch, nonce, number } = row;
    const frame = counted.frame(logPartition, offset);
    const same = frame?.epoch === epoch && frame.nonce === nonce && frame.number === number;
    const last = (frame?.clock ?? 0) + Math.max(frame?.transitions.length ?? 0, 1) - 1;
    return same && clock === last ? null : `the checkpoint at ${offset} names no frame that counts`;
  }
  if ('firstEventId' in row) {
    return counted.ofRun(partition, clock) ? null : 'no transition has the clock of a history row';
  }
  if ('run' in row && 'state' in row) {
    const holds = counted.ofVersion(historyOf(row.run), row.version, clock);
    return holds ? null : `version ${row.version} of ${row.run.runId} has another clock in the log`;
  }
  if ('state' in row) {
    return counted.ofId(partition, clock) ? null : 'no transition has the clock of its row';
  }
  // Wake rows are exempt, and what is set aside is no part of the run.
  return null;
}
