// An order as a saga: every step that is done has a compensation, run in reverse when a later step fails.

import {
  ActivityFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type * as activities from './activities.ts';
import type { Order, OrderResult, OrderState, OrderStatus } from './order.ts';

const { reserveStock, releaseStock, chargeCard, refundCard, ship } = proxyActivities<
  typeof activities
>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '200 milliseconds' },
});

export const approve = defineSignal<[by: string]>('approve');
export const addNote = defineSignal<[text: string]>('addNote');
export const status = defineQuery<OrderStatus>('status');

export async function orderSaga(order: Order): Promise<OrderResult> {
  let state: OrderState = 'created';
  let approvedBy: string | null = null;
  const notes: string[] = [];
  setHandler(approve, (by) => {
    approvedBy = by;
  });
  setHandler(addNote, (text) => {
    notes.push(text);
  });
  setHandler(status, () => ({ state, approvedBy, notes }));

  const compensations: (() => Promise<void>)[] = [];
  try {
    const reservation = await reserveStock(order);
    compensations.push(() => releaseStock(reservation));

    state = 'waiting for approval';
    if (!(await condition(() => approvedBy !== null, '3 days'))) {
      return { state: 'compensated', reason: await compensate('nobody approved it'), notes };
    }

    state = 'charging the card';
    const charge = await chargeCard(order);
    compensations.push(() => refundCard(charge));

    state = 'cooling off';
    await sleep('1 second');

    state = 'shipping';
    const parcel = await ship(order);
    state = 'shipped';
    return { state, parcel, notes };
  } catch (error) {
    if (!(error instanceof ActivityFailure) && !isCancellation(error)) throw error;
    const reason = error instanceof ActivityFailure ? (error.cause?.message ?? '') : 'canceled';
    return { state: 'compensated', reason: await compensate(reason), notes };
  }

  /** Undoes what was done, the last step first, even when the workflow was canceled. */
  async function compensate(reason: string): Promise<string> {
    state = 'compensating';
    await CancellationScope.nonCancellable(async () => {
      for (const undo of compensations.reverse()) await undo();
    });
    state = 'compensated';
    return reason;
  }
}
