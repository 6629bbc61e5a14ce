// One seed, one world: a machine, clients and workers around it, faults, and a verdict.
//
// The world lives with faults for a while, then without until all runs have ended or should have; then everything is read,
// the power is cut, and everything is read again.

import { judge, Ledger } from '@perdure/model';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { drawFaults, type FaultPlan } from './fault-plan.ts';
import { Machine } from './machine.ts';
import { Network } from './network.ts';
import { withoutReality } from './no-reality.ts';
import { Sightings } from './sightings.ts';
import { Trace, type TraceLine } from './trace.ts';
import { Troubles } from './troubles.ts';
import { Auditor } from './workload/auditor.ts';
import { Caller } from './workload/caller.ts';
import { SimulatedClient } from './workload/client.ts';
import { SimulatedWorker } from './workload/worker.ts';

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
  /** Interesting states, and how often they were reached. */
  readonly reached: ReadonlyMap<string, number>;
  readonly steps: number;
  readonly simulatedSeconds: number;
  readonly starts: number;
  readonly signals: number;
  readonly lines: readonly TraceLine[];
}

const startUs = Date.UTC(2030, 0, 1) * 1_000;
/** A restart takes this long. */
const restartUs = [50_000, 3_000_000] as const;
const namespace = 'default';
const queue = 'queue';
/** All runs must have ended this long after the faults stopped. */
const quietUs = 900e6;

export function simulate(options: WorldOptions): Promise<Outcome> {
  return withoutReality(() => live(options));
}

async function live(options: WorldOptions): Promise<Outcome> {
  const { seed, seconds } = options;
  const agenda = new Agenda(startUs);
  const trace = new Trace(() => agenda.nowUs, options.keepTrace ?? false);
  const ledger = new Ledger();
  const plan = options.plan ?? drawFaults(seed);
  const sightings = new Sightings();
  const troubles = new Troubles(agenda, seed, plan, sightings);
  const restarts = Chance.of(seed, 'restarts');
  const faults: string[] = [];
  let network: Network | null = null;
  const machine: Machine = new Machine({
    agenda,
    trace,
    seed,
    name: 'machine',
    namespaces: [namespace],
    troubles,
    sightings,
    onFault: (fault) => faults.push(fault),
    onEnd: (host) => {
      network?.connectionsCut(host);
      agenda.after(restarts.between(...restartUs), null, begin);
    },
  });
  const begin = (): void => void machine.start();
  const chance = Chance.of(seed, 'network');
  network = new Network({ agenda, chance, machine, trace, sightings });
  begin();
  await agenda.runUntil(startUs + 60e6, () => machine.services !== null);

  const callers: Caller[] = [];
  const caller = (name: string, clientName = ''): Caller => {
    const made = new Caller(name, agenda, network, { name: clientName, version: '1.5.0' });
    callers.push(made);
    return made;
  };
  for (const name of ['worker-1', 'worker-2']) {
    const chance = Chance.of(seed, name);
    const habits = {
      forgetsSticky: 0.05,
      answersLate: 0.005,
      answersTwice: 0.02,
      neverAnswers: 0.005,
    };
    const worker = { caller: caller(name), chance, namespace, queue, habits, ledger };
    new SimulatedWorker(worker).begin();
  }
  const visitor = caller('client');
  const client = new SimulatedClient({
    caller: visitor,
    chance: Chance.of(seed, 'client'),
    namespace,
    queue,
    ledger,
  });
  // Others are shown the events of a task that is being tried again, which are in no history yet.
  const looks = caller('auditor', 'temporal-cli');
  const auditor = new Auditor(looks, Chance.of(seed, 'auditor'), namespace, ledger);
  const endUs = startUs + seconds * 1e6;
  troubles.begin(machine, network);
  visitor.goOn(client.live(2, 5, endUs));
  looks.goOn(auditor.live(endUs));
  await agenda.runUntil(endUs);
  troubles.end(machine, network);
  const open = async (): Promise<boolean> => {
    const shown = await read(agenda, auditor);
    return judge(ledger, { histories: shown }).some((fault) => fault.startsWith('J9'));
  };
  for (let waited = 0; waited < quietUs; waited += 30e6) {
    await agenda.runUntil(agenda.nowUs + 30e6);
    if (client.underWay === 0 && !(await open())) break;
  }
  if (client.underWay > 0) faults.push(`J9: ${client.underWay} clients still wait for an answer`);
  faults.push(...judge(ledger, { histories: await read(agenda, auditor) }));
  for (const each of callers) faults.push(...each.faults);
  await machine.cutPower();
  await agenda.runUntil(agenda.nowUs + 10e6);
  const again = judge(ledger, { histories: await read(agenda, auditor) });
  faults.push(...again.map((fault) => `after a power cut: ${fault}`));
  return {
    digest: trace.digest,
    faults,
    plan,
    struck: troubles.counts,
    reached: sightings.counts,
    steps: agenda.steps,
    simulatedSeconds: Math.round((agenda.nowUs - startUs) / 1e6),
    starts: ledger.starts.length,
    signals: ledger.signals.length,
    lines: trace.lines,
  };
}

async function read(
  agenda: Agenda,
  auditor: Auditor,
): Promise<Awaited<ReturnType<Auditor['readAll']>>> {
  let shown: Awaited<ReturnType<Auditor['readAll']>> | undefined;
  void auditor.readAll().then((all) => {
    shown = all;
  });
  await agenda.runUntil(agenda.nowUs + 120e6, () => shown !== undefined);
  if (shown === undefined) throw new Error('the server does not answer although nothing is wrong');
  return shown;
}
