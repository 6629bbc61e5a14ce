// One order from start to result, as a client sees it.

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Order, OrderResult, OrderState } from './order.ts';
import { addNote, approve, orderSaga, status } from './workflow.ts';

export const workflowsPath: string = fileURLToPath(import.meta.resolve('./workflow.ts'));

/** Called with what happens and a few words about it. */
export type Progress = (what: string, details: string) => void;

export interface FinishedOrder {
  readonly workflowId: string;
  readonly result: OrderResult;
}

export async function runOrder(
  client: Client,
  taskQueue: string,
  shipTo: string,
  progress: Progress,
): Promise<FinishedOrder> {
  const id = randomUUID().slice(0, 8);
  const order: Order = { id, item: 'teapot', amountCents: 1999, shipTo };
  const workflowId = `order-${id}`;
  const handle = await client.workflow.start(orderSaga, { taskQueue, workflowId, args: [order] });
  progress('started', `${workflowId}: a ${order.item} to ${shipTo}`);
  await handle.signal(addNote, 'gift wrap, please');
  progress('signal addNote', '"gift wrap, please"');
  await untilState(handle, 'waiting for approval');
  progress('query status', 'waiting for approval');
  await handle.signal(approve, 'Ada');
  progress('signal approve', 'by Ada');
  const { state } = await handle.query(status);
  progress('query status', state);
  const result = await handle.result();
  progress(
    'result',
    result.state === 'shipped' ? `shipped, ${result.parcel}` : `compensated: ${result.reason}`,
  );
  return { workflowId, result };
}

async function untilState(
  handle: WorkflowHandle<typeof orderSaga>,
  wanted: OrderState,
): Promise<void> {
  const until = Date.now() + 10_000;
  for (;;) {
    const { state } = await handle.query(status);
    if (state === wanted) return;
    if (Date.now() > until) throw new Error(`the order is ${state}, not ${wanted}`);
    await delay(50);
  }
}
