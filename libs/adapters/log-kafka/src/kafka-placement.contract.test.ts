// The contract of placement on a real Kafka.

import { randomUUID } from 'node:crypto';
import { kafkaPart, sharedPart } from '@perdure/parts';
import { placementContract } from '@perdure/ports/contract/placement.contract';
import { freePort } from '@perdure/testing/free-port';
import { describe, expect, test } from 'vitest';
import { TroubledSockets } from '../fixtures/troubled-sockets.ts';
import { KafkaPlacement, type KafkaPlacementOptions } from './index.ts';

const kafka = await sharedPart(kafkaPart);
const address = kafka.kind === 'ready' ? `${kafka.host}:${kafka.port}` : '';

const options = (): KafkaPlacementOptions => ({
  brokers: [address],
  clientId: 'perdure-test',
  group: `placement-${randomUUID()}`,
  topic: 'log',
  partitionCount: 8,
  sessionTimeoutMs: 2_500,
  heartbeatMs: 100,
  requestTimeoutMs: 1_500,
});

describe.skipIf(kafka.kind === 'missing')('on a real Kafka', () => {
  placementContract('KafkaPlacement', {
    settlesWithinMs: 20_000,
    begin: () => {
      const group = options();
      return {
        partitionCount: 8,
        open: () => {
          const sockets = new TroubledSockets();
          return {
            placement: new KafkaPlacement({ ...group, connect: sockets.connect }),
            cutOff: () => sockets.lose('request'),
            reconnect: () => sockets.lose(null),
          };
        },
      };
    },
  });

  test('join without brokers is a fault in bounded time, and can be tried again', async () => {
    const brokers = [`127.0.0.1:${await freePort()}`];
    const faults: Error[] = [];
    const onFault = (fault: Error): void => {
      faults.push(fault);
    };
    const placement = new KafkaPlacement({ ...options(), brokers, joinTimeoutMs: 500, onFault });
    const self = { name: 'one', address: 'one:7234', weight: 1 };
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(placement.join(self, () => {})).rejects.toMatchObject({ kind: 'io' });
    }
    expect(faults.length).toBeGreaterThan(1);
  });
});
