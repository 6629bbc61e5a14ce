// One seed, one world: a machine, clients and workers around it, faults, and a verdict.
//
// The world lives with faults for a while, then without until all runs have ended or should have; then everything is read,
// the power is cut, and everything is read again.

import { judge, Ledger, type Shown } from '@perdure/model';
import { WorkflowExecutionStatus } from '@perdure/wire';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { epilogue } from './epilogue.ts';
import { drawFaults, type FaultPlan } from './fault-plan.ts';
import { Machine } from './machine.ts';
import { Network } from './network.ts';
import { withoutReality } from './no-reality.ts';
import { Outages } from './outages.ts';
import { namespace, Population } from './population.ts';
import { Trace, type TraceLine } from './trace.ts';
import { InjectedFault, Troubles } from './troubles.ts';
import type { Auditor } from './workload/auditor.ts';

export interface WorldOptions {
  readonly seed: number;
  /** How long faults strike and clients come. */
  readonly seconds: number;
  readonly keepTrace?: boolean;
  readonly plan?: FaultPlan;
}

export interface Outcome {
  readonly digest: string;
  /** Empty when all rules held. */
  readonly faults: readonly string[];
  readonly plan: FaultPlan;
  readonly struck: ReadonlyMap<string, number>;
  /** Journeys begun, by kind. */
  readonly begun: ReadonlyMap<string, number>;
  /** Without the time in which nothing is left to do. */
  readonly simulatedSeconds: number;
  readonly starts: number;
  readonly signals: number;
  readonly lines: readonly TraceLine[];
  /** What the server showed when all was quiet. */
  readonly shown: Shown;
}

const startUs = Date.UTC(2030, 0, 1) * 1_000;
/** A restart takes this long. */
const restartUs = [50_000, 3_000_000] as const;
/** All runs must have ended this long after the faults stopped. */
const quietUs = 900e6;

/** Share of the worlds that go on until nothing is left of them. */
const epilogues = 0.2;

export function simulate(options: WorldOptions): Promise<Outcome> {
  return withoutReality(() => live(options));
}

async function live(options: WorldOptions): Promise<Outcome> {
  const { seed, seconds } = options;
  const agenda = new Agenda(startUs);
  const trace = new Trace(() => agenda.nowUs, options.keepTrace ?? false);
  const ledger = new Ledger();
  const outages = new Outages(ledger, () => agenda.nowUs);
  const plan = options.plan ?? drawFaults(Chance.of(seed, 'plan'));
  const troubles = new Troubles(agenda, Chance.of(seed, 'troubles'), plan, outages);
  const restarts = Chance.of(seed, 'restarts');
  const faults: string[] = [];
  let network: Network | null = null;
  const machine: Machine = new Machine({
    agenda,
    trace,
    seed,
    name: 'machine',
    namespaces: [namespace],
    diskSlowness: () => troubles.diskSlowness,
    storageFault: (port, method) => troubles.storageFault(port, method),
    onEnd: (host) => {
      outages.begin('no server');
      network?.connectionsCut(host);
      agenda.after(restarts.between(...restartUs), null, begin);
    },
  });
  const begin = (): void => {
    machine.start().then(
      () => outages.end('no server'),
      (fault: unknown) => {
        if (!(fault instanceof InjectedFault))
          faults.push(`the server refuses to start: ${String(fault)}`);
        machine.kill();
      },
    );
  };
  network = new Network(agenda, Chance.of(seed, 'network'), machine, trace);
  begin();
  await agenda.runUntil(startUs + 60e6, () => machine.services !== null);

  const population = new Population(seed, agenda, network, ledger);
  const { auditor, client } = population;
  const endUs = startUs + seconds * 1e6;
  troubles.begin(machine, network);
  population.begin(endUs);
  await agenda.runUntil(endUs);
  troubles.end(machine, network);
  let shown: Shown | null = null;
  for (let waited = 0; waited < quietUs; waited += 30e6) {
    await agenda.runUntil(agenda.nowUs + 30e6);
    if (client.underWay > 0) continue;
    shown = await read(agenda, auditor);
    if (shown.descriptions.every(({ status }) => status !== WorkflowExecutionStatus.Running)) break;
  }
  shown ??= await read(agenda, auditor);
  faults.push(...population.faults, ...judge(ledger, shown));
  await machine.cutPower();
  await agenda.runUntil(agenda.nowUs + 10e6);
  const again = judge(ledger, await read(agenda, auditor));
  faults.push(...again.map((fault) => `after a power cut: ${fault}`));
  const simulatedSeconds = Math.round((agenda.nowUs - startUs) / 1e6);
  if (Chance.of(seed, 'epilogue').happens(epilogues)) {
    const place = { agenda, machine, population };
    faults.push(...(await epilogue(place, () => read(agenda, auditor))));
  }
  return {
    digest: trace.digest,
    faults,
    plan,
    struck: troubles.counts,
    begun: client.begun,
    simulatedSeconds,
    starts: ledger.starts.length,
    signals: ledger.signals.length,
    lines: trace.lines,
    shown,
  };
}

async function read(agenda: Agenda, auditor: Auditor): Promise<Shown> {
  let shown: Shown | undefined;
  void auditor.readAll().then((all) => {
    shown = all;
  });
  await agenda.runUntil(agenda.nowUs + 120e6, () => shown !== undefined);
  if (shown === undefined) throw new Error('the server does not answer although nothing is wrong');
  return shown;
}
