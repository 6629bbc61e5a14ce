// The store held against what the server showed, when everything has been folded into it.
//
// S1. The history rows of a run, read as a reader reads them (M2), are the history that was shown.
// S2. There is a state of each run that was shown, and of no other.
// S3 (see epilogue.ts). Nothing is left to replay (L8).

import type { RunShown } from '@perdure/model';
import type { RunStateRow, Store } from '@perdure/ports';
import { decodeEvents, historyEventCodec } from '@perdure/wire';

const rowsPerRead = 500;

/** What does not hold. */
export async function auditStore(store: Store, shown: readonly RunShown[]): Promise<string[]> {
  const faults: string[] = [];
  const states = new Map((await allStates(store)).map((row) => [row.run.runId, row]));
  for (const { workflowId, runId, events } of shown) {
    const row = states.get(runId);
    states.delete(runId);
    if (row === undefined) {
      faults.push(`S2: the store has no state of ${workflowId} ${runId}`);
      continue;
    }
    const stored = await historyOf(store, row);
    const differs = events.findIndex((event, index) => {
      const other = stored[index];
      return other === undefined || Buffer.compare(other, historyEventCodec.encode(event)) !== 0;
    });
    if (differs >= 0 || stored.length !== events.length) {
      const at = differs >= 0 ? differs + 1 : events.length + 1;
      faults.push(`S1: event ${at} of ${workflowId} ${runId} is another in the store`);
    }
  }
  for (const { run } of states.values()) {
    faults.push(`S2: the store has a state of ${run.workflowId} ${run.runId}, which nobody knows`);
  }
  return faults;
}

async function allStates(store: Store): Promise<RunStateRow[]> {
  const all: RunStateRow[] = [];
  for (;;) {
    const rows = await store.scanRunStates(all.at(-1)?.run ?? null, rowsPerRead);
    all.push(...rows);
    if (rows.length < rowsPerRead) return all;
  }
}

/** Each event encoded, in order; an event that stands in two rows once. */
async function historyOf(store: Store, { run }: RunStateRow): Promise<Uint8Array[]> {
  const events: Uint8Array[] = [];
  for (;;) {
    const known = events.length;
    const rows = await store.readHistory(run, 0, known + 1, 1 << 20);
    for (const row of rows) {
      for (const event of decodeEvents(row.events)) {
        if (event.eventId === events.length + 1) events.push(historyEventCodec.encode(event));
      }
    }
    // Nothing more, or a gap before what comes next.
    if (events.length === known) return events;
  }
}
