// A process that lives worlds for another: a seed comes as a message, what came of it goes back. `--bug NAME` plants a bug.

import { plantByName } from './planted/plant-by-name.ts';
import type { WorldReport } from './seed-pool.ts';
import type { Outcome } from './world.ts';

export interface WorldOrder {
  readonly seed: number;
  readonly seconds: number;
  /** Many nodes on Kafka and Cassandra; else one machine. */
  readonly cluster: boolean;
  readonly plan?: AnyPlan;
}

/** By kind of fault: 0 switches it off. */
export type AnyPlan = Readonly<Record<string, number>>;

const [, , option, name] = process.argv;
if (option === '--bug' && name !== undefined) plantByName(name);

// Only now may the engine be loaded: a planted bug has to be there first.
const { simulate } = await import('./world.ts');
const { simulateCluster } = await import('./cluster/cluster-world.ts');

process.on('message', (order: WorldOrder) => {
  const before = process.cpuUsage();
  live(order).then(
    ({ lines: _lines, shown: _shown, plan, struck, begun, reached, ...rest }) => {
      const { user, system } = process.cpuUsage(before);
      const counts = { struck: [...struck], begun: [...begun], reached: [...reached] };
      process.send?.({
        ...rest,
        ...counts,
        plan: { ...plan },
        cpuSeconds: (user + system) / 1e6,
      } satisfies WorldReport);
    },
    (fault: unknown) => {
      throw fault;
    },
  );
});

function live({ cluster, plan, ...order }: WorldOrder): Promise<Outcome<object>> {
  const planned = plan === undefined ? {} : { plan: plan as never };
  return cluster ? simulateCluster({ ...order, ...planned }) : simulate({ ...order, ...planned });
}
process.on('disconnect', () => process.exit(0));
