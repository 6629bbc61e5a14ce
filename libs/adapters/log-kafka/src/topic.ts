// The topic of the log: made when it is absent and that is wanted, and checked (topic-settings.ts).
//
// Traps: kafkajs' own waiting for leaders asks a broker that may not know the topic yet, and fails: it is not used; a topic is
// there for one broker before it is there for another, so that its metadata are asked for until they are whole; and a broker
// says that it leads a partition a moment before it takes appends.

import { setTimeout as sleep } from 'node:timers/promises';
import { StorageFault } from '@perdure/ports';
import kafkajs, { type Admin } from 'kafkajs';
import { bounded } from './bounded.ts';
import { KafkaLine, type LineOptions } from './kafka-line.ts';
import { type FoundTopic, settingsFor, type TopicNeeds, topicMistakes } from './topic-settings.ts';

export interface TopicWanted extends TopicNeeds {
  readonly topic: string;
  /** Makes the topic when it is absent, with so many replicas; null: an absent topic is a fault. */
  readonly createWithReplicas: number | null;
}

const createMs = 15_000;
const ledMs = 5_000;
/** What brokers say of a partition that was made, or changed hands, a moment ago. */
const unsettled = [
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
];

/** Rejects with a StorageFault `mismatch` that has a line for each mistake, or `io` when the brokers do not answer. */
export async function prepareTopic(options: LineOptions, wanted: TopicWanted): Promise<void> {
  // Making a topic takes longer than an append may.
  const requestTimeoutMs = Math.max(options.requestTimeoutMs ?? 0, createMs);
  const line = new KafkaLine({ ...options, requestTimeoutMs });
  const admin = line.kafka.admin({ retry: { retries: 0 } });
  try {
    await bounded(line.callMs, admin.connect());
    const found = (await find(admin, line, wanted.topic)) ?? (await create(admin, line, wanted));
    const mistakes = topicMistakes(found, wanted);
    if (mistakes.length > 0) throw new StorageFault('mismatch', mistakes.join('\n'));
    await untilLed(admin, line, wanted.topic);
  } catch (cause) {
    if (cause instanceof StorageFault) throw cause;
    const message = `topic ${wanted.topic}: ${(cause as Error).message}; are the brokers up, and the addresses right?`;
    throw new StorageFault('io', message, { cause });
  } finally {
    // Closing the line drops what it does not end by itself.
    await Promise.allSettled([bounded(line.connectTimeoutMs, admin.disconnect()), line.close()]);
  }
}

async function find(admin: Admin, line: KafkaLine, topic: string): Promise<FoundTopic | null> {
  const partitions = await partitionsOf(admin, line, topic);
  if (partitions === null) return null;
  const { resources } = await bounded(
    line.callMs,
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    }),
  );
  const entries = resources[0]?.configEntries ?? [];
  return {
    topic,
    partitionCount: partitions.length,
    replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    settings: Object.fromEntries(
      entries.map(({ configName, configValue }) => [configName, configValue]),
    ),
  };
}

async function create(admin: Admin, line: KafkaLine, wanted: TopicWanted): Promise<FoundTopic> {
  const { topic, partitionCount, createWithReplicas } = wanted;
  if (createWithReplicas === null) {
    throw new StorageFault(
      'mismatch',
      `topic ${topic}: it does not exist; make it, or let it be made at start`,
    );
  }
  const configEntries = Object.entries(settingsFor(wanted)).map(([name, value]) => ({
    name,
    value,
  }));
  // False when another node was quicker.
  await bounded(
    createMs,
    admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic,
          numPartitions: partitionCount,
          replicationFactor: createWithReplicas,
          configEntries,
        },
      ],
    }),
  );
  const deadline = Date.now() + createMs;
  for (;;) {
    const partitions = await partitionsOf(admin, line, topic);
    const led = partitions?.filter(({ leader }) => leader >= 0).length ?? 0;
    const found = led >= partitionCount ? await find(admin, line, topic) : null;
    if (found !== null) return found;
    if (Date.now() > deadline) {
      throw new Error(
        `made, but ${partitionCount - led} partitions have no leader after ${createMs} ms`,
      );
    }
    await sleep(50);
  }
}

/** A partition whose leader is down is no reason not to open: the time is bounded, and what it was is told at its first use. */
async function untilLed(admin: Admin, line: KafkaLine, topic: string): Promise<void> {
  const deadline = Date.now() + ledMs;
  while (Date.now() < deadline) {
    const [asked] = await Promise.allSettled([
      bounded(line.callMs, admin.fetchTopicOffsets(topic)),
    ]);
    if (asked.status === 'fulfilled' || !isUnsettled(asked.reason)) return;
    await sleep(50);
  }
}

function isUnsettled(error: unknown): boolean {
  const { type, originalError } = error as { type?: string; originalError?: { type?: string } };
  return unsettled.includes(type ?? originalError?.type ?? '');
}

async function partitionsOf(admin: Admin, line: KafkaLine, topic: string) {
  try {
    const { topics } = await bounded(line.callMs, admin.fetchTopicMetadata({ topics: [topic] }));
    return topics[0]?.partitions ?? null;
  } catch (error) {
    if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') return null;
    throw error;
  }
}
