// The TypeScript SDK against the server of a test file: one client, one shared worker, and workers of a test's own.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { historyFaults, readHistory } from '@perdure/testing/golden';
import type { HistoryEvent } from '@perdure/wire';
import {
  Client,
  Connection,
  type QueryRejectCondition,
  type Workflow,
  type WorkflowHandleWithFirstExecutionRunId,
  type WorkflowStartOptions,
} from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  type RuntimeOptions,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { afterAll, beforeAll, expect } from 'vitest';
import { type ServerUnderTest, serverUnderTest } from '../../server-under-test.ts';
import * as activities from './activities.ts';
import { workflowBundle } from './workflow-bundle.ts';

export interface RunningWorker {
  readonly taskQueue: string;
  /** Ends it as an operator would: no new tasks, the ones in hand are finished. */
  shutdown(): Promise<void>;
}

type StartOptions<W extends Workflow> = Partial<WorkflowStartOptions<W>> & {
  readonly args: Parameters<W>;
};
type Started<W extends Workflow> = WorkflowHandleWithFirstExecutionRunId<W>;

export class SdkUnderTest {
  readonly server: ServerUnderTest;
  readonly taskQueue = `compat-${randomUUID()}`;
  #connection: Connection | undefined;
  #native: NativeConnection | undefined;
  readonly #workers: RunningWorker[] = [];
  readonly #started: { readonly workflowId: string; readonly runId: string }[] = [];

  constructor(server: ServerUnderTest) {
    this.server = server;
  }

  async connect(): Promise<void> {
    const { address } = this.server;
    this.#connection = await Connection.connect({ address });
    this.#native = await NativeConnection.connect({ address });
    await this.startWorker({ taskQueue: this.taskQueue });
  }

  async disconnect(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.shutdown()));
    await this.#native?.close();
    await this.#connection?.close();
  }

  get client(): Client {
    return new Client({ connection: this.connection });
  }

  /** A client whose queries are refused for runs in that condition. */
  clientRejecting(queryRejectCondition: QueryRejectCondition): Client {
    return new Client({ connection: this.connection, workflow: { queryRejectCondition } });
  }

  get connection(): Connection {
    if (this.#connection === undefined) throw new Error('connected only while tests run');
    return this.#connection;
  }

  /** The connection that the workers of this process share. */
  get native(): NativeConnection {
    if (this.#native === undefined) throw new Error('connected only while tests run');
    return this.#native;
  }

  /** Starts a workflow, by default for the shared worker. */
  async start<W extends Workflow>(workflow: W, options: StartOptions<W>): Promise<Started<W>> {
    const settings = {
      workflowId: `compat-${workflow.name}-${randomUUID()}`,
      taskQueue: this.taskQueue,
      ...options,
    };
    const handle = await this.client.workflow.start(workflow, settings as WorkflowStartOptions<W>);
    this.#started.push({ workflowId: handle.workflowId, runId: handle.firstExecutionRunId });
    return handle;
  }

  /** What must hold for every history and does not, in those of all runs that were started. */
  async faults(): Promise<string[]> {
    const histories = await Promise.all(
      this.#started.map((execution) => readHistory(this.server.raw, execution)),
    );
    return histories.flatMap((events, index) =>
      historyFaults(events).map((fault) => `${this.#started[index]?.workflowId}: ${fault}`),
    );
  }

  history(handle: { readonly workflowId: string }): Promise<HistoryEvent[]> {
    return readHistory(this.server.raw, { workflowId: handle.workflowId });
  }

  /** A worker beside the shared one, on a task queue of its own unless one is given. */
  async startWorker(options: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
    const taskQueue = options.taskQueue ?? `compat-${randomUUID()}`;
    const worker = await Worker.create({
      connection: this.native,
      workflowBundle: { codePath: await testWorkflows() },
      activities,
      shutdownGraceTime: 200,
      shutdownForceTime: 2_000,
      defaultHeartbeatThrottleInterval: 50,
      maxHeartbeatThrottleInterval: 50,
      ...options,
      taskQueue,
    });
    const ended = worker.run();
    const running = {
      taskQueue,
      shutdown: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await ended;
      },
    };
    this.#workers.push(running);
    return running;
  }
}

export function testWorkflows(): Promise<string> {
  return workflowBundle(join(import.meta.dirname, 'workflows'));
}

/** To be called at the top of a test file; the result may be used inside its tests. */
export function sdkUnderTest(runtime: RuntimeOptions = {}): SdkUnderTest {
  const sdk = new SdkUnderTest(serverUnderTest());
  beforeAll(async () => {
    // Failures are what many of these tests are about: what the SDK logs of them would bury the rest.
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter: 'OFF' } },
      ...runtime,
    });
    await sdk.connect();
  });
  afterAll(async () => {
    await sdk.disconnect();
    expect(await sdk.faults()).toEqual([]);
  });
  return sdk;
}
