// The log as entries, one after the other, for people and programs.

import {
  decodeBody,
  decodeWorkflowBody,
  type TransitionBody,
  type WorkflowDelta,
} from '@perdure/core-execution';
import { type Announce, decodeRecord, emptyLog, LogReader, stateAfter } from '@perdure/core-log';
import type { RunKey } from '@perdure/kernel';
import type { AppliedRow, LogInspection, LogPlace } from '@perdure/ports';

/** One transition as it stands in the log. */
export interface DumpedTransition {
  readonly workflowId: string;
  readonly runId: string;
  readonly namespaceId: string;
  readonly version: number;
  readonly clockUs: number;
  /** null: it cannot be read; `unreadable` says why. */
  readonly body: TransitionBody | null;
  /** Of a transition without a run: what changes for the workflow id alone. */
  readonly alone: WorkflowDelta | null;
  readonly unreadable: string | null;
}

export interface DumpedFrame {
  readonly epoch: number;
  readonly number: number;
  readonly clockUs: number;
  readonly transitions: readonly DumpedTransition[];
}

export type DumpEntry =
  | { readonly kind: 'damage'; readonly place: LogPlace; readonly reason: string }
  | {
      readonly kind: 'announce';
      readonly offset: number;
      readonly announce: Announce;
      readonly counts: boolean;
    }
  | {
      readonly kind: 'frame';
      readonly offset: number;
      readonly frame: DumpedFrame;
      /** counted, or why it is void (L1). */
      readonly verdict: string;
    };

export interface DumpFilter {
  /** Offsets, both included. */
  readonly from: number;
  readonly to: number;
  /** Only transitions of the workflow id, and frames that hold one. */
  readonly workflowId: string | null;
}

export function* dump(
  log: LogInspection,
  applied: AppliedRow | null,
  filter: DumpFilter,
): Generator<DumpEntry> {
  let reader: LogReader | null = null;
  for (const item of log.items()) {
    if (item.kind === 'damage') {
      if (filter.workflowId === null) yield item;
      continue;
    }
    const { offset, bytes, place } = item;
    try {
      const entry = decodeRecord(bytes);
      reader ??= readerFrom(offset, applied, entry);
      const reading = reader.read(bytes);
      if (offset < filter.from || offset > filter.to) continue;
      if (entry.kind === 'announce') {
        const counts = reading.kind === 'announced';
        if (filter.workflowId === null)
          yield { kind: 'announce', offset, announce: entry.announce, counts };
        continue;
      }
      const frame = dumpedFrame(entry.frame, filter.workflowId);
      if (filter.workflowId !== null && frame.transitions.length === 0) continue;
      const verdict =
        reading.kind === 'void'
          ? reading.reason
          : reading.kind === 'frame'
            ? 'counted'
            : reading.kind;
      yield { kind: 'frame', offset, frame, verdict };
    } catch (error) {
      yield { kind: 'damage', place, reason: (error as Error).message };
    }
  }
}

type Entry = ReturnType<typeof decodeRecord>;

/** As at an opening: behind `applied`; else from what the first record says of itself. */
function readerFrom(offset: number, applied: AppliedRow | null, entry: Entry): LogReader {
  if (offset === 0) return new LogReader(emptyLog);
  if (applied !== null && applied.offset === offset - 1) return new LogReader(stateAfter(applied));
  if (entry.kind === 'announce') {
    return new LogReader({ ...emptyLog, epoch: entry.announce.epoch - 1 });
  }
  const { epoch, nonce, number, clock } = entry.frame;
  return new LogReader({ epoch, nonce, nextNumber: number, clock: clock - 1 });
}

function dumpedFrame(
  { epoch, number, clock, transitions }: (Entry & { kind: 'frame' })['frame'],
  workflowId: string | null,
): DumpedFrame {
  const dumped: DumpedTransition[] = [];
  for (const [at, { run, version, body }] of transitions.entries()) {
    if (workflowId !== null && run.workflowId !== workflowId) continue;
    dumped.push({ ...run, version, clockUs: clock + at, ...readBody(run, body) });
  }
  return { epoch, number, clockUs: clock, transitions: dumped };
}

type ReadBody = Pick<DumpedTransition, 'body' | 'alone' | 'unreadable'>;

function readBody({ runId }: RunKey, bytes: Uint8Array): ReadBody {
  const nothing: ReadBody = { body: null, alone: null, unreadable: null };
  try {
    return runId === ''
      ? { ...nothing, alone: decodeWorkflowBody(bytes) }
      : { ...nothing, body: decodeBody(bytes) };
  } catch (error) {
    return { ...nothing, unreadable: (error as Error).message };
  }
}
