// The commit log of a cluster on Kafka.

import { type BrokerTime, type Clock, type CommitLog, StorageFault } from '@perdure/ports';
import { ioFault } from './io-fault.ts';
import { KafkaLine, type LineOptions } from './kafka-line.ts';
import { KafkaPartition } from './kafka-partition.ts';
import { ProduceLanes } from './produce-lanes.ts';
import { prepareTopic } from './topic.ts';

export interface KafkaLogOptions extends LineOptions {
  readonly topic: string;
  /** LogPartitions that the map of blocks names; the topic may have more. */
  readonly partitionCount: number;
  /** Longest record, bytes (W2). */
  readonly recordBytesMax: number;
  /** Brokers on which a record must be before it is acknowledged, and without which nothing is. */
  readonly minInSyncReplicas: number;
  /** Makes the topic when it is absent, with so many replicas; null: an absent topic is a fault. */
  readonly createWithReplicas: number | null;
  readonly clock: Pick<Clock, 'nowUs' | 'endOfTurn'>;
  /** Bytes of records in one request to a broker, which must take it (socket.request.max.bytes). Default 16 MiB. */
  readonly requestBytesMax?: number;
  /** Told for each acknowledged request of a broker (L10). The stamp is of whole milliseconds. */
  readonly onBrokerTime?: (sample: BrokerTime) => void;
}

/**
 * Checks the topic and opens it. Rejects with a StorageFault: `mismatch` with a line for each wrong setting, `io` when the
 * brokers do not answer.
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<CommitLog> {
  const { topic, partitionCount, recordBytesMax, requestBytesMax = 16 << 20 } = options;
  // Reads have connections of their own: they do not wait behind an append for its replicas.
  const [writes, reads] = [new KafkaLine(options), new KafkaLine(options)];
  const closeLines = async (): Promise<void> => {
    await Promise.allSettled([writes.close(), reads.close()]);
  };
  try {
    await prepareTopic(options, options);
    await Promise.all([writes.open(topic), reads.open(topic)]);
  } catch (cause) {
    await closeLines();
    throw cause instanceof StorageFault ? cause : ioFault(`open topic ${topic}`, cause);
  }
  const lanes = new ProduceLanes(writes, { ...options, requestBytesMax });
  const partitions = Array.from(
    { length: partitionCount },
    (_, index) => new KafkaPartition(lanes, reads, { topic, index, recordBytesMax }),
  );
  let closing: Promise<void> | null = null;
  return {
    partitionCount,
    recordBytesMax,
    partition: (index) => {
      const partition = partitions[index];
      if (partition === undefined) throw new RangeError(`no LogPartition ${index}`);
      return partition;
    },
    close: () => {
      closing ??= Promise.all(partitions.map((partition) => partition.close())).then(closeLines);
      return closing;
    },
  };
}
