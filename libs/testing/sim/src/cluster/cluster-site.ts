// The nodes of a world as one server, for the end of the world: who serves, what is stored, what the log says.

import type { Store } from '@perdure/ports';
import type { Agenda } from '../agenda.ts';
import type { Site } from '../epilogue.ts';
import type { Sightings } from '../sightings.ts';
import type { Trace } from '../trace.ts';
import type { Backends } from './backends.ts';
import type { AnyStateName, ClusterNode } from './cluster-node.ts';
import { judgeLog } from './log-audit.ts';
import { sightLog } from './log-sightings.ts';
import type { ProcessLives } from './process-lives.ts';

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

  /** When each LogPartition has one owner. */
  get history(): Site['history'] {
    const { nodes, logPartitions } = this.#options;
    const opened = nodes.flatMap((node) => node.owned());
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

  /** What the log of the world says at its end, and what of interest was in it. */
  auditLog(): string[] {
    const { backends, lives, sightings, logPartitions } = this.#options;
    const faults: string[] = [];
    for (let partition = 0; partition < logPartitions; partition++) {
      const log = judgeLog(backends.kafka.standing(partition), (fault) => faults.push(fault));
      sightLog(log, lives, sightings);
    }
    if ((sightings.counts.get('row clash') ?? 0) > 0)
      faults.push('M1: two rows of one key and clock differ');
    return faults.slice(0, 5);
  }
}
