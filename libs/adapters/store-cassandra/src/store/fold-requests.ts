// A fold as mutations in the order of M3: what `first` holds is acknowledged before anything of `second` is sent, and that
// before `last`.
//
// R1. Everything is copied while this is built: the caller may use its bytes again.
// R2. A state over one part goes ahead of its row, under the row's clock, and older ones of the run go behind it.
// R3. A wake row in a far hour is noted with its run, so that a removal finds it. One in a near hour goes with its hour.

import { type RunKey, usPerHour } from '@perdure/kernel';
import type { FoldBatch } from '@perdure/ports';
import type { Statement } from '../connection/session.ts';
import { PartitionBatches } from './partition-batch.ts';
import { partBytes, partsOf } from './parts.ts';
import { quarantineSlotOf } from './quarantine-slots.ts';
import { cql } from './statements.ts';

export interface FoldRequests {
  readonly first: readonly (readonly Statement[])[];
  readonly second: readonly (readonly Statement[])[];
  readonly last: readonly (readonly Statement[])[];
}

/** Hours after the one of its clock in which a wake row is near: its bucket is dropped two hours later (M6). */
const nearHours = 2;

export function requestsOf(batch: FoldBatch): FoldRequests {
  const [first, second, last] = [
    new PartitionBatches(),
    new PartitionBatches(),
    new PartitionBatches(),
  ];
  addHistory(first, batch);
  addWake(first, batch);
  addQuarantine(first, batch);
  addStates(first, second, last, batch);
  addRemovals(second, batch);
  addApplied(last, batch);
  return { first: first.batches, second: second.batches, last: last.batches };
}

export function keyOf({ namespaceId, workflowId, runId }: RunKey): [string, string, string] {
  return [namespaceId, workflowId, runId];
}

/** Bucket from which on a wake row written at the clock is noted with its run. */
export function firstFarBucket(clock: number): number {
  return Math.floor(clock / usPerHour) + nearHours + 1;
}

function addHistory(to: PartitionBatches, { history }: FoldBatch): void {
  for (const { run, branch, firstEventId, lastEventId, events, clock } of history) {
    const key = keyOf(run);
    const parts = partsOf(events);
    for (const [part, bytes] of parts.entries()) {
      const place = [branch, firstEventId, clock, part, parts.length, lastEventId];
      to.add(key, cql.putHistory, [...key, ...place, bytes, clock]);
    }
  }
}

function addWake(to: PartitionBatches, { wake, wakeBucketsDropped }: FoldBatch): void {
  /** By block and bucket: the highest clock of a row, so that the hour is known for as long as one of them is there. */
  const hours = new Map<string, { block: number; bucket: number; clock: number }>();
  for (const { block, bucket, run, shard, version, loadAtUs, offer, clock } of wake) {
    const key = keyOf(run);
    const [ns, wf, id] = key;
    const hint = [shard, version, loadAtUs ?? -1, offer !== null, Buffer.from(offer ?? [])];
    to.add([block, bucket], cql.putWake, [block, bucket, wf, id, ns, ...hint, clock]);
    if (bucket >= firstFarBucket(clock)) {
      to.add(key, cql.putWakeOfRun, [...key, bucket, clock]);
    }
    const hour = hours.get(`${block}/${bucket}`);
    const highest = Math.max(hour?.clock ?? clock, clock);
    hours.set(`${block}/${bucket}`, { block, bucket, clock: highest });
  }
  for (const { block, bucket, clock } of hours.values()) {
    to.add([block], cql.putWakeBucket, [block, bucket, clock]);
  }
  for (const { block, bucket, clock } of wakeBucketsDropped) {
    to.add([block, bucket], cql.dropWakeBucket, [clock, block, bucket]);
    to.add([block], cql.removeWakeBucket, [clock, block, bucket]);
  }
}

function addQuarantine(to: PartitionBatches, batch: FoldBatch): void {
  for (const { run, version, reason, transition, clock } of batch.quarantine) {
    const slot = quarantineSlotOf(run);
    const row = [slot, ...keyOf(run), version, reason, Buffer.from(transition), clock];
    to.add([slot], cql.putQuarantine, row);
  }
  for (const { run, clock } of batch.quarantineReleased) {
    const slot = quarantineSlotOf(run);
    to.add([slot], cql.releaseQuarantine, [clock, slot, ...keyOf(run)]);
  }
}

function addStates(
  first: PartitionBatches,
  second: PartitionBatches,
  last: PartitionBatches,
  { workflows, runStates }: FoldBatch,
): void {
  for (const { namespaceId, workflowId, state, clock } of workflows) {
    const key = [namespaceId, workflowId];
    second.add(key, cql.putWorkflow, [...key, Buffer.from(state), clock]);
  }
  for (const { run, version, state, clock } of runStates) {
    const key = keyOf(run);
    const parts = state.length > partBytes ? partsOf(state) : [];
    for (const [part, bytes] of parts.entries()) {
      first.add(key, cql.putStatePart, [...key, clock, part, bytes, clock]);
    }
    const inline = Buffer.from(parts.length === 0 ? state : []);
    const row = [...key, version, parts.length, inline, clock];
    second.add(key.slice(0, 2), cql.putRunState, row);
    if (parts.length > 0) last.add(key, cql.removeOlderStateParts, [clock, ...key, clock]);
  }
}

function addRemovals(to: PartitionBatches, { runsRemoved, workflowsRemoved }: FoldBatch): void {
  for (const { run, clock } of runsRemoved) {
    const key = keyOf(run);
    to.add(key.slice(0, 2), cql.removeRunState, [clock, ...key]);
    to.add(key, cql.removeHistory, [clock, ...key]);
    to.add(key, cql.removeStateParts, [clock, ...key]);
  }
  for (const { namespaceId, workflowId, clock } of workflowsRemoved) {
    const key = [namespaceId, workflowId];
    to.add(key, cql.removeWorkflow, [clock, ...key]);
  }
}

function addApplied(to: PartitionBatches, { applied }: FoldBatch): void {
  if (applied === null) return;
  const { logPartition, offset, epoch, nonce, number, clock, mapVersion } = applied;
  const row = [logPartition, offset, epoch, nonce, number, mapVersion, clock];
  to.add([logPartition], cql.putApplied, row);
}
