// The nodes of a world as one server, for the end of the world: who serves, what is stored, what the log says.

import { clockOffUsMax } from '@perdure/core-log';
import type { Store } from '@perdure/ports';
import type { Agenda } from '../agenda.ts';
import type { Site } from '../epilogue.ts';
import type { Sightings } from '../sightings.ts';
import type { Trace } from '../trace.ts';
import type { Backends } from './backends.ts';
import type { AnyStateName, ClusterNode } from './cluster-node.ts';
import { type JudgedRecord, judgeLog } from './log-audit.ts';
import { sightLog } from './log-sightings.ts';
import type { ProcessLives } from './process-lives.ts';
import { judgeRows } from './row-audit.ts';

/** A broker stamps a while before its answer is there. */
const marginUs = 500_000;

export interface ClusterSiteOptions {
  readonly agenda: Agenda;
  readonly nodes: readonly ClusterNode[];
  readonly backends: Backends;
  readonly lives: ProcessLives;
  readonly sightings: Sightings<AnyStateName>;
  readonly logPartitions: number;
  readonly trace: Trace;
}

export class ClusterSite implements Site {
  readonly #options: ClusterSiteOptions;

  constructor(options: ClusterSiteOptions) {
    this.#options = options;
  }

  /** When each LogPartition has an owner: who began to serve it last. */
  get history(): Site['history'] {
    const { nodes, logPartitions, lives } = this.#options;
    const partitions = Array.from({ length: logPartitions }, (_none, partition) => partition);
    const opened = partitions.flatMap((partition) => {
      const owner = nodes.find(({ host }) => host?.name === lives.ownerOf(partition));
      return owner?.owned(partition) ?? [];
    });
    if (opened.length !== logPartitions) return null;
    return {
      drain: () => Promise.all(opened.map((history) => history.drain())),
      replayed: () => opened.reduce((sum, { recovered }) => sum + recovered.transitions, 0),
    };
  }

  get rows(): Store {
    return this.#options.backends.cassandra.rows;
  }

  kill(): void {
    for (const node of this.#options.nodes) node.kill();
  }

  /** Kafka and Cassandra have other power. */
  async cutPower(): Promise<void> {
    this.kill();
  }

  /** What the log of the world says at its end, also of what was written into the store, and what of interest was in it. */
  auditLog(): string[] {
    const { backends, lives, sightings, logPartitions } = this.#options;
    const faults: string[] = [];
    const onFault = (fault: string): void => void faults.push(fault);
    const logs: JudgedRecord[][] = [];
    // One broker of three may be off itself, and a node may have heard of that one alone.
    const behindUsMax = clockOffUsMax + marginUs + backends.strikes.plan.kafkaBrokerClock * 1e6;
    for (let partition = 0; partition < logPartitions; partition++) {
      const log = judgeLog(backends.kafka.standing(partition), behindUsMax, onFault);
      sightLog(log, lives, sightings);
      logs.push(log);
    }
    judgeRows(backends.cassandra.written, logs, onFault);
    if ((sightings.counts.get('row clash') ?? 0) > 0)
      faults.push('M1: two rows of one key and clock differ');
    return faults.slice(0, 5);
  }
}
