// The steps of an order and what undoes them. Each may run more than once, so each is safe to repeat.

import { activityInfo, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Order } from './order.ts';

export async function reserveStock(order: Order): Promise<string> {
  return `reservation-${order.id}`;
}

export async function releaseStock(reservation: string): Promise<void> {
  log.info('released', { reservation });
}

/** The bank is down for the first two attempts; the retry policy deals with it. */
export async function chargeCard(order: Order): Promise<string> {
  const { attempt } = activityInfo();
  if (attempt <= 2) {
    throw ApplicationFailure.create({
      message: `the bank does not answer (attempt ${attempt})`,
      type: 'BankDown',
    });
  }
  return `charge-${order.id}`;
}

export async function refundCard(charge: string): Promise<void> {
  log.info('refunded', { charge });
}

export async function ship(order: Order): Promise<string> {
  if (order.shipTo === 'nowhere') {
    throw ApplicationFailure.nonRetryable('there is no such address', 'BadAddress');
  }
  return `parcel-${order.id}`;
}
