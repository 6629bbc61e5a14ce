// One seed, one world: a machine, clients and workers around it, faults, and a verdict.
//
// The world lives with faults for a while, then without, until all runs have ended or should have.

import { Ledger, type Shown } from '@perdure/model';
import { Agenda } from './agenda.ts';
import { Chance } from './chance.ts';
import { epilogue } from './epilogue.ts';
import { drawFaults, type FaultPlan } from './fault-plan.ts';
import { Machine } from './machine.ts';
import { Network } from './network.ts';
import { withoutReality } from './no-reality.ts';
import { Outages } from './outages.ts';
import { namespace, Population } from './population.ts';
import { outliveRetention } from './retention.ts';
import { Sightings } from './sightings.ts';
import { Trace, type TraceLine } from './trace.ts';
import { Troubles } from './troubles.ts';
import { pollUs } from './workload/worker-setting.ts';

export interface WorldOptions {
  readonly seed: number;
  /** How long faults strike and clients come. */
  readonly seconds: number;
  readonly keepTrace?: boolean;
  readonly plan?: FaultPlan;
}

export interface Outcome<Plan = FaultPlan> {
  readonly digest: string;
  /** Empty when all rules held. */
  readonly faults: readonly string[];
  readonly plan: Plan;
  readonly struck: ReadonlyMap<string, number>;
  /** Journeys begun, by kind. */
  readonly begun: ReadonlyMap<string, number>;
  /** Interesting states, and how often they were reached. */
  readonly reached: ReadonlyMap<string, number>;
  /** Without the time in which nothing is left to do. */
  readonly simulatedSeconds: number;
  readonly starts: number;
  readonly signals: number;
  readonly lines: readonly TraceLine[];
  /** What the server showed last; null when it did not. */
  readonly shown: Shown | null;
}

/** Worlds begin within an hour of it: some see the next hour begin, and with it new wake buckets (M6). */
const midnightUs = Date.UTC(2030, 0, 1) * 1_000;
/** A restart takes this long. */
const restartUs = [50_000, 3_000_000] as const;

/** Between two looks at the list at the end. */
const lookUs = 60e6;

/** Share of the worlds that go on until nothing of their closed runs is left. */
const outliving = 0.08;

export function simulate(options: WorldOptions): Promise<Outcome> {
  return withoutReality(() => live(options));
}

async function live(options: WorldOptions): Promise<Outcome> {
  const { seed, seconds } = options;
  const startUs = midnightUs + Chance.of(seed, 'time of day').below(3_600) * 1e6;
  const agenda = new Agenda(startUs);
  const trace = new Trace(() => agenda.nowUs, options.keepTrace ?? false);
  const ledger = new Ledger();
  const outages = new Outages(ledger, () => agenda.nowUs);
  const plan = options.plan ?? drawFaults(seed);
  const sightings = new Sightings();
  const troubles = new Troubles({ agenda, seed, plan, sightings, outages });
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
    onServe: () => outages.end('no server'),
    onEnd: (host) => {
      outages.begin('no server');
      network?.connectionsCut(host);
      agenda.after(restarts.between(...restartUs), null, begin);
    },
  });
  const begin = (): void => void machine.start();
  const chance = Chance.of(seed, 'network');
  network = new Network({ agenda, chance, entrances: [machine], trace, sightings });
  network.onTaskLost = () => ledger.lostAnswers.push(agenda.nowUs);
  begin();
  await agenda.runUntil(startUs + 60e6, () => machine.services !== null);

  const population = new Population({ seed, agenda, network, ledger, sightings });
  const endUs = startUs + seconds * 1e6;
  troubles.begin(machine, network);
  population.begin(endUs);
  await agenda.runUntil(endUs);
  troubles.end(machine, network);
  ledger.calmUs = agenda.nowUs + pollUs;
  population.calm();
  const inOrder = Chance.of(seed, 'epilogue').happens(0.5);
  const ending = { agenda, site: machine, lookUs, population, ledger, beganUs: startUs, inOrder };
  const broken = (fault: unknown): string[] => [`J0: at the end: ${String(fault)}`];
  const end = await epilogue(ending).catch((fault) => ({ faults: broken(fault), shown: null }));
  faults.push(...end.faults);
  const simulatedSeconds = Math.round((agenda.nowUs - startUs) / 1e6);
  if (faults.length === 0 && Chance.of(seed, 'retention').happens(outliving)) {
    faults.push(...(await outliveRetention(ending, machine).catch(broken)));
  }
  return {
    digest: trace.digest,
    faults,
    plan,
    struck: troubles.counts,
    begun: population.client.begun,
    reached: sightings.counts,
    simulatedSeconds,
    starts: ledger.starts.length,
    signals: ledger.signals.length,
    lines: trace.lines,
    shown: end.shown,
  };
}
