// Opening the log on a real Kafka: the topic as it should be, as it should not, and none; and what an open log costs.

import { kafkaPart, sharedPart } from '@perdure/parts';
import type { BrokerTime, CommitLog } from '@perdure/ports';
import { freePort } from '@perdure/testing/free-port';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { clock, testOptions, topicName } from '../fixtures/test-log.ts';
import { TroubledSockets } from '../fixtures/troubled-sockets.ts';
import { openKafkaLog } from './index.ts';

const kafka = await sharedPart(kafkaPart);
const address = kafka.kind === 'ready' ? `${kafka.host}:${kafka.port}` : '';
const opened: CommitLog[] = [];
const keep = (log: CommitLog): CommitLog => {
  opened.push(log);
  return log;
};
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
});

describe.skipIf(kafka.kind === 'missing')('openKafkaLog on a real Kafka', () => {
  test('a topic that is absent is a fault, unless it is to be made', async () => {
    const options = testOptions(address, { createWithReplicas: null });
    const opening = openKafkaLog(options);
    await expect(opening).rejects.toMatchObject({ name: 'StorageFault', kind: 'mismatch' });
    await expect(opening).rejects.toThrow(`topic ${options.topic}: it does not exist`);
    keep(await openKafkaLog({ ...options, createWithReplicas: 1 }));
    keep(await openKafkaLog(options));
  });

  test('nodes that make the topic at once all open it', async () => {
    const options = testOptions(address);
    const logs = await Promise.all([1, 2, 3].map(() => openKafkaLog(options)));
    for (const log of logs) keep(log);
    const offsets = logs.map((log) => log.partition(0).append([new Uint8Array(1)]));
    expect((await Promise.all(offsets)).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  test('a topic with wrong settings is refused with a line for each', async () => {
    const topic = topicName();
    await createByHand(topic);
    const options = testOptions(address, { topic, partitionCount: 4 });
    const fault = await openKafkaLog(options).catch((error: unknown) => error as Error);
    expect(fault).toMatchObject({ name: 'StorageFault', kind: 'mismatch' });
    const lines = (fault as Error).message.split('\n').map((line) => line.split(': ')[1]);
    expect(lines).toEqual([
      'it has 3 partitions',
      'cleanup.policy is compact',
      'retention.ms is 604800000',
      'message.timestamp.type is CreateTime',
      'max.message.bytes is 1000',
    ]);
  });

  test('what takes an offset and is no record of the log is a hole, and corruption (K1)', async () => {
    const options = testOptions(address);
    const log = keep(await openKafkaLog(options)).partition(3);
    await log.append([new Uint8Array(1)]);
    // The marker at the end of a transaction has an offset of its own.
    const { producer, send } = transactions(options.topic);
    await producer.connect();
    await send(3);
    await producer.disconnect();
    await expect.poll(() => log.endOffset()).toBe(3);
    expect(await log.append([new Uint8Array(2)])).toBe(3);
    const reading = log.read(0, 1_000);
    await expect(reading).rejects.toMatchObject({ name: 'StorageFault', kind: 'corrupt' });
    await expect(reading).rejects.toThrow(/hole at offset 2 of LogPartition 3/);
    expect((await log.read(3, 1_000)).map(({ offset }) => offset)).toEqual([3]);
  });

  test('brokers that are not there are a fault in bounded time', async () => {
    const nowhere = testOptions(`127.0.0.1:${await freePort()}`);
    const asked = Date.now();
    await expect(openKafkaLog(nowhere)).rejects.toMatchObject({ name: 'StorageFault', kind: 'io' });
    expect(Date.now() - asked).toBeLessThan(5_000);
  });

  test('appends of one turn to all partitions are one request to each broker (W2)', async () => {
    const sockets = new TroubledSockets();
    const log = keep(await openKafkaLog(testOptions(address, { connect: sockets.connect })));
    const round = (): Promise<number[]> =>
      Promise.all(
        Array.from({ length: 8 }, (_, i) => log.partition(i).append([new Uint8Array(9)])),
      );
    expect(await round()).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const before = sockets.requests;
    expect(await round()).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(sockets.requests - before).toBe(await brokerCount());
  });

  test('each acknowledged request tells the broker time (L10)', async () => {
    const samples: BrokerTime[] = [];
    const onBrokerTime = (sample: BrokerTime): void => {
      samples.push(sample);
    };
    const log = keep(await openKafkaLog(testOptions(address, { onBrokerTime })));
    const before = clock.nowUs();
    for (let i = 0; i < 3; i++) await log.partition(1).append([new Uint8Array(9)]);
    expect(samples).toHaveLength(3);
    for (const { broker, sentUs, stampUs, receivedUs } of samples) {
      expect([Number(broker) > 0, sentUs >= before, sentUs <= receivedUs]).toEqual([
        true,
        true,
        true,
      ]);
      // One machine, one clock; the stamp is of whole milliseconds.
      expect(stampUs).toBeGreaterThan(sentUs - 5_000);
      expect(stampUs).toBeLessThan(receivedUs + 5_000);
    }
  });

  test('an idle log sets no timers and warns of nothing', async () => {
    const warnings: string[] = [];
    const hear = ({ name }: Error): void => {
      warnings.push(name);
    };
    process.on('warning', hear);
    const log = keep(await openKafkaLog(testOptions(address)));
    await log.partition(0).append([new Uint8Array(9)]);
    const set = vi.spyOn(globalThis, 'setTimeout');
    await new Promise((resolve) => setImmediate(resolve));
    const until = performance.now() + 300;
    while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
    const calls = set.mock.calls.length;
    set.mockRestore();
    process.off('warning', hear);
    expect(warnings).toEqual([]);
    expect(calls).toBeLessThan(20);
  });
});

/** Each leads some of the eight partitions. */
async function brokerCount(): Promise<number> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  await admin.disconnect();
  return brokers.length;
}

function transactions(topic: string) {
  const producer = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).producer({
    transactionalId: topic,
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  const send = async (partition: number): Promise<void> => {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ partition, value: 'foreign' }] });
    await transaction.commit();
  };
  return { producer, send };
}

/** With three partitions and settings that will not do. */
async function createByHand(topic: string): Promise<void> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const settings = {
    'cleanup.policy': 'compact',
    'retention.ms': '604800000',
    'message.timestamp.type': 'CreateTime',
    'max.message.bytes': '1000',
    'min.insync.replicas': '1',
  };
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions: 3, replicationFactor: 1, configEntries }],
  });
  await vi.waitFor(async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions).toHaveLength(3);
  });
  await admin.disconnect();
}
