// What a verification found: numbers, then each fault with its place, its runs and its cure.

import type { Finding, FoundDirectory, Verification } from '@perdure/server/offline';
import type { JsonValue } from '@perdure/wire/full';
import type { Output, Row } from '../render/output.ts';

const runsShown = 10;

type Run = Verification['touched'][number];

export function printVerification(output: Output, store: string, found: Verification): void {
  if (!output.isText) return;
  output.heading('Verification:');
  output.card([['Directory', store], ...numbers(found)]);
  for (const note of found.notes) output.line(`\n  Note: ${note}`);
  for (const fault of found.faults) {
    output.line();
    output.line(`  ${output.paint.heading('Fault')} (rule ${fault.rule}): ${fault.what}`);
    output.card([
      ['Where', fault.where],
      ['Runs', runsText(fault.runs)],
      ['Cure', fault.cure],
    ]);
  }
  const more = found.faultCount - found.faults.length;
  if (more > 0) output.line(`\n  and ${more} more faults`);
  output.line();
  if (found.faultCount === 0) output.line('Everything is in order.');
  else output.line(`Runs touched: ${runsText(found.touched) || 'none that can be named'}`);
}

function numbers({ log, applied, store }: Verification): readonly Row[] {
  const { counts } = log;
  const voids = Object.entries(counts.void).filter(([, count]) => count > 0);
  return [
    ['Segments', String(log.segments)],
    ['Records', `${log.records}, offsets ${log.firstOffset} to ${log.endOffset - 1}`],
    ['Frames', `${counts.frames}, announces ${counts.announced}`],
    ['Transitions', String(counts.transitions)],
    ['Void frames', voids.map(([reason, count]) => `${count} ${reason}`).join(', ')],
    ['Applied', applied === null ? 'nothing' : `up to offset ${applied}`],
    ['Runs', store === null ? '' : `${store.runs} in the store, ${store.openRuns} of them open`],
    ['Events', store === null ? '' : String(store.events)],
  ];
}

function runsText(runs: Finding['runs'] | readonly Run[]): string {
  const shown = runs.slice(0, runsShown).map(({ workflowId, runId }) => `${workflowId}/${runId}`);
  const more = runs.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

export function verificationJson(directory: FoundDirectory, found: Verification): JsonValue {
  const { faults, faultCount, notes, log, applied, store, touched } = found;
  return {
    directory: directory.paths.store,
    heldBy: directory.holder,
    ok: faultCount === 0,
    log: { ...log, counts: { ...log.counts } },
    applied,
    store: store === null ? null : { ...store },
    notes,
    faultCount,
    faults: faults.map((fault) => ({ ...fault, runs: fault.runs.map((run) => ({ ...run })) })),
    runsTouched: touched.map(({ workflowId, runId }) => ({ workflowId, runId })),
  };
}
