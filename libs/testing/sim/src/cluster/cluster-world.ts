// One seed, one world of many nodes: processes on a simulated Kafka and Cassandra, clients and workers around them, faults, and
// a verdict. Lives with faults for a while, then without, until all runs have ended or should have.

import { Ledger } from '@perdure/model';
import { Agenda } from '../agenda.ts';
import { Chance } from '../chance.ts';
import { epilogue } from '../epilogue.ts';
import { Network } from '../network.ts';
import { withoutReality } from '../no-reality.ts';
import { namespace, Population } from '../population.ts';
import { Sightings } from '../sightings.ts';
import { Trace } from '../trace.ts';
import { pollUs } from '../workload/worker-setting.ts';
import type { Outcome } from '../world.ts';
import { Backends } from './backends.ts';
import { type AnyStateName, ClusterNode } from './cluster-node.ts';
import { drawClusterFaults } from './cluster-plan.ts';
import { ClusterSite } from './cluster-site.ts';
import { ClusterTroubles } from './cluster-troubles.ts';
import { Links } from './links.ts';
import { drawNodeFaults, type WorldFaultPlan } from './node-plan.ts';
import { NodeTroubles } from './node-troubles.ts';
import { OfferWatch } from './offer-watch.ts';
import { ProcessLives } from './process-lives.ts';

export interface ClusterWorldOptions {
  readonly seed: number;
  /** How long faults strike and clients come. */
  readonly seconds: number;
  readonly keepTrace?: boolean;
  readonly plan?: WorldFaultPlan;
}

const midnightUs = Date.UTC(2030, 0, 1) * 1_000;
/** A restart takes this long. */
const restartUs = [50_000, 5_000_000] as const;
/** Between two looks at the list at the end. */
const lookUs = 15e6;
/** Faults leave traces: late records, ghosts, breaks between tries. After that everything is as it should be. */
const aftermathUs = 60e6;

export function simulateCluster(options: ClusterWorldOptions): Promise<Outcome<WorldFaultPlan>> {
  return withoutReality(() => live(options));
}

async function live(options: ClusterWorldOptions): Promise<Outcome<WorldFaultPlan>> {
  const { seed, seconds } = options;
  const shape = Chance.of(seed, 'shape');
  const nodeCount = 3 + shape.below(3);
  const logPartitions = shape.pick([2, 3, 4, 6]);
  const brokers = shape.happens(0.7) ? 3 : 1;
  const replicas = shape.happens(0.8) ? 3 : 1;
  const startUs = midnightUs + Chance.of(seed, 'time of day').below(3_600) * 1e6;
  const agenda = new Agenda(startUs);
  const trace = new Trace(() => agenda.nowUs, options.keepTrace ?? false);
  const ledger = new Ledger();
  const plan = options.plan ?? { ...drawClusterFaults(seed), ...drawNodeFaults(seed) };
  const sightings = new Sightings<AnyStateName>();
  const faults: string[] = [];
  const onFault = (fault: string): void => void faults.push(fault);
  const around = { agenda, trace, seed, sightings };
  const backends = new Backends({ ...around, plan, logPartitions, brokers, replicas });
  const linkChance = Chance.of(seed, 'links');
  const links = new Links({
    agenda,
    chance: linkChance,
    onLost: () => sightings.seen('link lost'),
  });
  const lives = new ProcessLives(() => agenda.nowUs);
  const nodes: ClusterNode[] = [];
  const offers = new OfferWatch({
    sightings,
    lives,
    nowUs: () => agenda.nowUs,
    processOf: (name) => nodes.find((node) => node.name === name)?.host?.name ?? null,
  });
  const restarts = Chance.of(seed, 'restarts');
  let network: Network | null = null;
  const nodeOf = (name: string, place: string, comesBack: boolean): ClusterNode => {
    const node: ClusterNode = new ClusterNode({
      ...around,
      name,
      place,
      namespaces: [namespace],
      backends,
      links,
      lives,
      offers,
      logPartitions,
      clockError: (chance) => clockError(chance, plan, troubles?.on ?? false),
      onFault,
      onEnd: (host) => {
        network?.connectionsCut(host);
        if (!comesBack) return;
        agenda.after(restarts.between(...restartUs), null, () => void node.start());
      },
    });
    return node;
  };
  for (let index = 1; index <= nodeCount; index++) {
    nodes.push(nodeOf(`node-${index}`, `node-${index}`, true));
  }
  network = new Network({
    agenda,
    chance: Chance.of(seed, 'network'),
    entrances: nodes,
    trace,
    sightings,
  });
  network.onTaskLost = () => ledger.lostAnswers.push(agenda.nowUs);
  let twins = 0;
  const troubles = new NodeTroubles({
    agenda,
    seed,
    plan,
    sightings,
    nodes,
    links,
    network,
    twinOf: ({ name }) => nodeOf(name, `twin-${twins++}`, false),
  });
  const clusterTroubles = new ClusterTroubles({
    agenda,
    seed,
    plan,
    backends,
    nodes: nodes.map(({ name }) => name),
  });
  const site = new ClusterSite({ agenda, nodes, backends, lives, sightings, logPartitions, trace });
  for (const node of nodes) void node.start();
  await agenda.runUntil(startUs + 60e6, () => site.history !== null);

  const population = new Population({ seed, agenda, network, ledger, sightings });
  const beganUs = agenda.nowUs;
  const endUs = beganUs + seconds * 1e6;
  troubles.begin();
  clusterTroubles.begin();
  population.begin(endUs);
  await agenda.runUntil(endUs);
  troubles.end();
  clusterTroubles.end();
  ledger.outages.push({ cause: 'cluster', beganUs: startUs, endedUs: agenda.nowUs + aftermathUs });
  ledger.calmUs = agenda.nowUs + aftermathUs + pollUs;
  population.calm();
  const inOrder = Chance.of(seed, 'epilogue').happens(0.5);
  const ending = { agenda, site, lookUs, population, ledger, beganUs: startUs, inOrder };
  const broken = (fault: unknown) => ({
    faults: [`J0: at the end: ${String(fault)}`],
    shown: null,
  });
  const end = await epilogue(ending).catch(broken);
  faults.push(...end.faults, ...site.auditLog());
  return {
    digest: trace.digest,
    faults,
    plan,
    struck: new Map([...troubles.counts, ...clusterTroubles.counts]),
    begun: population.client.begun,
    reached: sightings.counts,
    simulatedSeconds: Math.round((agenda.nowUs - startUs) / 1e6),
    starts: ledger.starts.length,
    signals: ledger.signals.length,
    lines: trace.lines,
    shown: end.shown,
  };
}

function clockError(
  chance: Chance,
  plan: WorldFaultPlan,
  troubled: boolean,
): { offsetUs: number; rate: number } {
  const drift = Math.max(0.0001, plan.clockDrift);
  const off = troubled && chance.happens(plan.clockOff) ? chance.between(-4e6, 4e6) : 0;
  return {
    offsetUs: Math.round(chance.between(-200_000, 200_000) + off),
    rate: chance.between(1 - drift, 1 + drift),
  };
}
