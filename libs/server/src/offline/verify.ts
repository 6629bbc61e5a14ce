// Verifies a directory from outside: the log by the production scan and reader rule, the store row by row, and that the
// two belong together.

import { boundsFault, type ReadCounts } from '@perdure/core-log';
import { runKeyText } from '@perdure/kernel';
import {
  type LogInspection,
  type LogItem,
  StorageFault,
  type StoreInspection,
} from '@perdure/ports';
import { type Finding, Findings, placeText, restoreAll } from './findings.ts';
import { damageText, LogCheck } from './log-check.ts';
import { StoreCheck, type StoreCounts } from './store-check.ts';

export interface Verification {
  readonly faults: readonly Finding[];
  /** Faults found; `faults` holds the first of them. */
  readonly faultCount: number;
  /** What is as it may be, and worth knowing. */
  readonly notes: readonly string[];
  readonly log: {
    readonly segments: number;
    readonly records: number;
    readonly firstOffset: number;
    readonly endOffset: number;
    readonly counts: ReadCounts;
  };
  /** Offset of the checkpoint; null: none was written. */
  readonly applied: number | null;
  readonly store: StoreCounts | null;
  /** Runs touched by what was found, as far as they are known. */
  readonly touched: readonly { readonly workflowId: string; readonly runId: string }[];
}

export interface VerifyInput {
  readonly log: LogInspection;
  /** Throws StorageFault when the store cannot be read. */
  readonly openStore: () => StoreInspection;
  readonly nowUs: number;
  /** Lets others run; awaited now and then. */
  readonly pause: () => Promise<void>;
}

const stepsPerPause = 500;

export async function verify({ log, openStore, nowUs, pause }: VerifyInput): Promise<Verification> {
  const findings = new Findings();
  const store = await readable(findings, openStore);
  try {
    const quarantined = quarantinedKeys(store, findings);
    const applied = store?.applied ?? null;
    const logCheck = new LogCheck(applied, quarantined, findings);
    for (const [step, item] of enumerate(log.items())) {
      if (item.kind === 'record') logCheck.take(item);
      else reportDamage(log, item, findings);
      if (step % stepsPerPause === 0) await pause();
    }
    if (log.verdict !== null && findings.count === 0) {
      findings.add('L11', log.verdict.message, log.segments.join(', '), [], restoreAll);
    }
    if (store !== null) checkBounds(logCheck, applied, findings);
    const storeCheck =
      store === null ? null : new StoreCheck(store, logCheck.runs, findings, quarantined, nowUs);
    if (storeCheck !== null) await runStoreCheck(storeCheck, findings, pause);
    if (quarantined.size > 0) {
      findings.notes.push(
        `${quarantined.size} runs are quarantined: perdure operator quarantine list`,
      );
    }
    return {
      faults: findings.faults,
      faultCount: findings.count,
      notes: findings.notes,
      log: {
        segments: log.segments.length,
        records: logCheck.records,
        firstOffset: logCheck.lowMark ?? 0,
        endOffset: logCheck.endOffset,
        counts: logCheck.counts,
      },
      applied: applied?.offset ?? null,
      store: storeCheck?.counts ?? null,
      touched: findings.touched,
    };
  } finally {
    store?.close();
  }
}

function* enumerate<T>(items: Iterable<T>): Generator<readonly [number, T]> {
  let step = 0;
  for (const item of items) yield [++step, item];
}

async function readable(
  findings: Findings,
  openStore: () => StoreInspection,
): Promise<StoreInspection | null> {
  try {
    return openStore();
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error;
    findings.add('store', error.message, 'store', [], restoreAll);
    return null;
  }
}

function quarantinedKeys(store: StoreInspection | null, findings: Findings): ReadonlySet<string> {
  const keys = new Set<string>();
  try {
    for (const { run } of store?.quarantine() ?? []) keys.add(runKeyText(run));
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error;
    findings.add('store', error.message, 'quarantine', [], restoreAll);
  }
  return keys;
}

/** Damage where everything was on disk is corruption; above that it is what a crash leaves behind (L11). */
function reportDamage(
  log: LogInspection,
  { place, next, reason }: LogItem & { readonly kind: 'damage' },
  findings: Findings,
): void {
  const what = damageText(place, next, reason);
  if (log.verdict === null && place.position >= log.synced) {
    findings.notes.push(
      `${placeText(place, next)}: a torn tail, cut off when a server opens it (${reason})`,
    );
  } else {
    findings.add('L11', what, placeText(place, next), [], restoreAll);
  }
}

function checkBounds(log: LogCheck, applied: StoreInspection['applied'], findings: Findings): void {
  const fault = boundsFault(applied, log.lowMark ?? 0, log.endOffset);
  if (fault !== null) findings.add('L8', fault.message, 'applied', [], restoreAll);
  else if (applied !== null && !log.appliedSeen) {
    const what = `the frame at offset ${applied.offset}, which the store names as applied, cannot be read`;
    findings.add('L8', what, `offset ${applied.offset}`, [], restoreAll);
  }
}

async function runStoreCheck(
  check: StoreCheck,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<void> {
  try {
    for (const [step] of enumerate(check.check())) if (step % stepsPerPause === 0) await pause();
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error;
    findings.add('store', error.message, 'store', [], restoreAll);
  }
}
