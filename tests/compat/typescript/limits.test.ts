// What the SDK makes of a limit: it is told the cause, waits, tries again, and gets its answer.

import { RawClient, WireStatus } from '@perdure/testing/golden';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';
import { limitedServer, limitedNamespace as namespace } from '../../limited-server.ts';
import { testWorkflows } from './sdk-under-test.ts';

const server = limitedServer();

async function withClient<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

describe('limits', () => {
  test('namespace rate: a call over it is refused with its cause and scope', async () => {
    const raw = new RawClient(server.address);
    const lists = Array.from({ length: 5 }, () =>
      raw.call('CountWorkflowExecutions', { namespace }).catch((error: unknown) => error),
    );
    const refused = (await Promise.all(lists)).filter((answer) => answer instanceof WireStatus);
    raw.close();
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(refused[0]).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'namespace rate limit exceeded',
      details: [{ type: 'ResourceExhaustedFailure', fields: { cause: 1, scope: 1 } }],
    });
  });

  test('namespace rate: the SDK tries refused calls again until they succeed', async () => {
    await withClient(async (client) => {
      const began = performance.now();
      const counts = await Promise.all(Array.from({ length: 6 }, () => client.workflow.count()));
      expect(counts).toHaveLength(6);
      expect(performance.now() - began).toBeGreaterThan(900);
    });
  });

  test('namespace rate: workflows of a namespace that asks for too much all complete', async () => {
    const connection = await NativeConnection.connect({ address: server.address });
    const taskQueue = 'limited-queue';
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: { codePath: await testWorkflows() },
    });
    await worker.runUntil(
      withClient(async (client) => {
        const results = await Promise.all(
          Array.from({ length: 30 }, (_, at) =>
            client.workflow.execute('hello', {
              taskQueue,
              workflowId: `limited-${at}`,
              args: [String(at)],
            }),
          ),
        );
        expect(results).toEqual(Array.from({ length: 30 }, (_, at) => `Hello, ${at}!`));
      }),
    );
    await connection.close();
  }, 60_000);
});
