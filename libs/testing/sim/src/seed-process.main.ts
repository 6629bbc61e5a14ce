// A process that lives worlds for another: a seed comes as a message, what came of it goes back. `--bug NAME` plants a bug.

import type { FaultPlan } from './fault-plan.ts';
import { plantByName } from './planted/plant-by-name.ts';
import type { WorldReport } from './seed-pool.ts';

export interface WorldOrder {
  readonly seed: number;
  readonly seconds: number;
  readonly plan?: FaultPlan;
}

const [, , option, name] = process.argv;
if (option === '--bug' && name !== undefined) plantByName(name);

// Only now may the engine be loaded: a planted bug has to be there first.
const { simulate } = await import('./world.ts');

process.on('message', (order: WorldOrder) => {
  const before = process.cpuUsage();
  simulate(order).then(
    ({ lines: _lines, shown: _shown, struck, begun, reached, ...rest }) => {
      const { user, system } = process.cpuUsage(before);
      const counts = { struck: [...struck], begun: [...begun], reached: [...reached] };
      process.send?.({
        ...rest,
        ...counts,
        cpuSeconds: (user + system) / 1e6,
      } satisfies WorldReport);
    },
    (fault: unknown) => {
      throw fault;
    },
  );
});
process.on('disconnect', () => process.exit(0));
