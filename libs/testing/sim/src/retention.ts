// The end of some worlds: everybody leaves but who looks, one run stays open, and more time passes than closed runs are kept.

import { type RunKey, usPerHour } from '@perdure/kernel';
import { judgeRetention, type Shown } from '@perdure/model';
import type { Store } from '@perdure/ports';
import { type Ending, readAll } from './epilogue.ts';
import type { Machine } from './machine.ts';

/** The retention of a namespace that nobody changed is a day. */
const passesUs = 25 * usPerHour;
/** Segments of the log that may be left: one is written to, and the next one lies ready. */
const segmentsMost = 4;

/** What does not hold after it. */
export async function outliveRetention(ending: Ending, machine: Machine): Promise<string[]> {
  const { agenda, population } = ending;
  // It may have stopped in order.
  machine.kill();
  await agenda.runUntil(agenda.nowUs + 10e6);
  let open: string | null = null;
  void population.beginLast().then((runId) => {
    open = runId;
  });
  await agenda.runUntil(agenda.nowUs + 20e6);
  const before = await readAll(ending);
  population.leave();
  await agenda.runUntil(agenda.nowUs + passesUs);
  const after = await readAll(ending);
  if (open === null) return ['nobody answers a start although nothing is wrong'];
  const { store, logFiles } = machine.disk;
  const rows = await rowsOf(store.rows, before);
  const segments = logFiles.length;
  return [
    ...judgeRetention(new Set([open]), before, after, rows),
    ...(segments > segmentsMost ? [`J32: ${segments} files of the log are left`] : []),
  ];
}

async function rowsOf(
  store: Store,
  before: Shown,
): Promise<{ states: string[]; histories: string[] }> {
  const states = await store.scanRunStates(null, 10_000);
  const histories: string[] = [];
  const namespaceId = states[0]?.run.namespaceId ?? '';
  for (const { workflowId, runId } of before.runs) {
    const run: RunKey = { namespaceId, workflowId, runId };
    const [row] = await store.readHistory(run, 0, 1, 1);
    if (row !== undefined) histories.push(runId);
  }
  return { states: states.map(({ run }) => run.runId), histories };
}
