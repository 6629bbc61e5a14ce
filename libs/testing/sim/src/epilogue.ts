// How a world ends: everything is read when all is quiet, and again after a restart, for which the power is cut or the server
// stops in order; what it has in its store when it has folded everything is held against what it showed.

import { judge, type Ledger, type Shown } from '@perdure/model';
import type { Store } from '@perdure/ports';
import { WorkflowExecutionStatus } from '@perdure/wire';
import type { Agenda } from './agenda.ts';
import type { Population } from './population.ts';
import { auditStore } from './store-audit.ts';

/** All runs must have ended this long after the faults stopped. */
const quietUs = 900e6;
/** Longer than anything may take when nothing is wrong. */
const patienceUs = 120e6;

/** What serves in a world, as a whole. */
export interface Site {
  /** Null: nobody serves all of it at the moment. */
  readonly history: {
    /** Folds everything. */
    drain(): Promise<unknown>;
    /** Transitions that those who serve now found in the log and not in the store. */
    replayed(): number;
  } | null;
  readonly rows: Store;
  /** Ends all processes; they begin again by themselves. */
  kill(): void;
  /** The same, and what was not synced is gone. */
  cutPower(): Promise<void>;
}

export interface Ending {
  readonly agenda: Agenda;
  readonly site: Site;
  /** Between two looks at the list. Nobody looks at a run: that would bring back one that the server has forgotten. */
  readonly lookUs: number;
  readonly population: Population;
  readonly ledger: Ledger;
  /** When the world began. */
  readonly beganUs: number;
  /** The server folds everything before its last restart; otherwise the power is cut. */
  readonly inOrder: boolean;
}

/** What does not hold in the end, and what the server showed last. */
export async function epilogue(
  ending: Ending,
): Promise<{ readonly faults: readonly string[]; readonly shown: Shown | null }> {
  const { agenda, site, population, inOrder } = ending;
  await becomeQuiet(ending);
  const shown = await readAll(ending);
  const faults = [...population.faults, ...(await verdict(ending, shown))];
  if (inOrder) faults.push(...(await audit(ending, shown)));
  if (inOrder) site.kill();
  else await site.cutPower();
  await agenda.runUntil(agenda.nowUs + 10e6);
  if (site.history === null)
    await agenda.runUntil(agenda.nowUs + 60e6, () => site.history !== null);
  const replayed = site.history?.replayed() ?? -1;
  if (inOrder && replayed !== 0) faults.push(`S3: ${replayed} transitions were not in the store`);
  const again = await readAll(ending);
  const where = inOrder ? 'from the store' : 'after a power cut';
  faults.push(...(await verdict(ending, again)).map((fault) => `${where}: ${fault}`));
  if (!inOrder) faults.push(...(await audit(ending, again)));
  return { faults, shown: again };
}

async function becomeQuiet(ending: Ending): Promise<void> {
  const { agenda, population, lookUs } = ending;
  for (let waitedUs = 0; waitedUs < quietUs; waitedUs += lookUs) {
    await agenda.runUntil(agenda.nowUs + lookUs);
    if (population.client.underWay > 0) continue;
    const listed = await finish(agenda, population.auditor.list());
    if (listed.every(({ status }) => status !== WorkflowExecutionStatus.Running)) return;
  }
}

export async function readAll({ agenda, population, ledger }: Ending): Promise<Shown> {
  const { auditor, inspector } = population;
  const shown = await finish(agenda, auditor.readAll());
  for (const { workflowId, runId } of ledger.starts.slice(-30)) {
    await finish(agenda, inspector.look(workflowId, runId));
  }
  return shown;
}

async function verdict(
  { agenda, beganUs, population, ledger }: Ending,
  shown: Shown,
): Promise<string[]> {
  const quarantined = await finish(agenda, population.inspector.quarantined());
  const { nowUs } = agenda;
  const seen = judge(ledger, shown, nowUs).map(({ text, seenUs }) => {
    const at = `${((seenUs - beganUs) / 1e6).toFixed(6)} s`;
    return seenUs < nowUs ? `${text}; first bad step at ${at}` : text;
  });
  return [...quarantined.map((run) => `J0: set aside: ${run}`), ...seen];
}

async function audit({ agenda, site }: Ending, shown: Shown): Promise<string[]> {
  const { history } = site;
  if (history === null) return ['there is no server'];
  await finish(agenda, history.drain());
  return auditStore(site.rows, shown.runs);
}

/** Lets the world go on until the work is done. Rejects when it takes longer than it can. */
async function finish<T>(agenda: Agenda, work: Promise<T>): Promise<T> {
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  work.then(end, end);
  await agenda.runUntil(agenda.nowUs + patienceUs, () => ended);
  if (!ended) throw new Error('the server does not answer although nothing is wrong');
  return work;
}
