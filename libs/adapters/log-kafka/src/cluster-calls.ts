// The calls of kafkajs that it has and does not export: requests to chosen brokers about chosen partitions, without a
// consumer group and without the retries and refreshes of its producer. Its Cluster is made by a function that the Kafka
// object keeps under a symbol.

import type { Kafka } from 'kafkajs';

export interface PartitionMetadata {
  readonly partitionId: number;
  /** Node id; -1 while there is none. */
  readonly leader: number;
}

export interface ProducedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: string;
  /** ms since 1970; "-1" when the topic's records bear their producer's time. */
  readonly logAppendTime: string;
}

export interface FetchedRecord {
  readonly offset: string;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
}

export interface FetchedPartition {
  readonly highWatermark: string;
  readonly messages: readonly FetchedRecord[];
}

interface TopicOf<P> {
  readonly topic: string;
  readonly partitions: readonly P[];
}

export interface KafkaMessage {
  readonly key: null;
  readonly value: Buffer;
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, never>>;
}

export interface JoinedGroup {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  /** For the leader alone; else empty. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

export interface BrokerCalls {
  /** host:port. */
  readonly brokerAddress: string;
  produce(request: {
    readonly acks: number;
    readonly timeout: number;
    readonly topicData: readonly TopicOf<{
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly KafkaMessage[];
    }>[];
  }): Promise<{
    readonly topics: readonly {
      readonly topicName: string;
      readonly partitions: readonly ProducedPartition[];
    }[];
  }>;
  fetch(request: {
    readonly replicaId: number;
    readonly isolationLevel: number;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly topics: readonly TopicOf<{
      readonly partition: number;
      readonly currentLeaderEpoch: number;
      readonly fetchOffset: string;
      readonly logStartOffset: number;
      readonly maxBytes: number;
    }>[];
  }): Promise<{ readonly responses: readonly TopicOf<FetchedPartition>[] }>;
  listOffsets(request: {
    readonly replicaId: number;
    readonly isolationLevel: number;
    readonly topics: readonly TopicOf<{
      readonly partition: number;
      readonly timestamp: number;
    }>[];
  }): Promise<{ readonly responses: readonly TopicOf<{ readonly offset: string }>[] }>;
  deleteRecords(request: {
    readonly topics: readonly TopicOf<{ readonly partition: number; readonly offset: string }>[];
  }): Promise<unknown>;
  joinGroup(request: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly protocolType: string;
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<JoinedGroup>;
  syncGroup(request: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly {
      readonly memberId: string;
      readonly memberAssignment: Buffer;
    }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
  }): Promise<unknown>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
}

export interface ClusterCalls {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  findBroker(of: { readonly nodeId: number }): Promise<BrokerCalls>;
  findGroupCoordinator(of: { readonly groupId: string }): Promise<BrokerCalls>;
}

type Create = (options: {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
}) => ClusterCalls;

/** Throws when kafkajs is not the version that this was written for. */
export function clusterCalls(kafka: Kafka): ClusterCalls {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create = symbol === undefined ? undefined : Reflect.get(kafka, symbol);
  if (typeof create !== 'function') throw new Error('kafkajs is not version 2.2.4');
  // Metadata is refreshed when a call failed, never by age.
  return (create as Create)({ metadataMaxAge: 2 ** 31, allowAutoTopicCreation: false });
}
