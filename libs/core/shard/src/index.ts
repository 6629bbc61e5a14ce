// What an owner keeps of its shards beside the runs: routing, the checkpoint, dedup keys, the wake index.

export { DedupKeys, dedupKey, type KeyKind, keyLifeUs } from './dedup.ts';
export { FrameLedger, type OpenFrame } from './frame-ledger.ts';
export { type Arrival, judgeArrival } from './message-arrival.ts';
export { type Attempt, attemptsOverUs, MessageAttempts } from './message-attempts.ts';
export { PartitionMap } from './partition-map.ts';
export { blockCount, blockOf, shardOf, shardsPerBlock, xxh64 } from './shard-hash.ts';
export {
  bucketOf,
  type Outstanding,
  outstandingOf,
  type WakeOffer,
  wakeOfferCodec,
} from './wake-row.ts';
