// Runs the hello workflow once: `npm run hello -w @perdure/examples-typescript [-- ADDRESS [NAMESPACE]]`.

import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { serverAddress } from '../server-address.ts';
import { withSession } from '../session.ts';
import * as activities from './activities.ts';
import { hello } from './workflow.ts';

const taskQueue = 'hello';

const greeting = await withSession(
  {
    ...serverAddress(),
    taskQueue,
    workflowsPath: fileURLToPath(import.meta.resolve('./workflow.ts')),
    activities,
    logLevel: 'WARN',
  },
  (client) =>
    client.workflow.execute(hello, {
      taskQueue,
      workflowId: `hello-${randomUUID()}`,
      args: ['World'],
    }),
);
console.log(greeting);
