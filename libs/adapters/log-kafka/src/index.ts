// The commit log and the placement of a cluster on Kafka.

export { type KafkaLogOptions, openKafkaLog } from './kafka-log.ts';
export { KafkaPlacement, type KafkaPlacementOptions } from './kafka-placement.ts';
