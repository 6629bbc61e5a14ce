// Runs two orders: `npm run order-saga -w @perdure/examples-typescript [-- ADDRESS [NAMESPACE]]`.

import { serverAddress } from '../server-address.ts';
import { withSession } from '../session.ts';
import * as activities from './activities.ts';
import { runOrder, workflowsPath } from './run-order.ts';

const taskQueue = 'orders';

await withSession(
  { ...serverAddress(), taskQueue, workflowsPath, activities, logLevel: 'ERROR' },
  async (client) => {
    for (const shipTo of ['1 Main Street', 'nowhere']) {
      await runOrder(client, taskQueue, shipTo, (what, details) => {
        console.log(`${what.padEnd(15)} ${details}`);
      });
    }
  },
);
