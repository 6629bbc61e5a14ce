// A fold as calls of the store's statements. What a removal of the same fold hides is not among its rows any more.

import type { FoldBatch, RunKey } from '@perdure/ports';
import type { ValueWriter } from '../connection/value-writer.ts';
import { storeStatement as statement } from './definition.ts';

export function writeFold(batch: FoldBatch, calls: ValueWriter): void {
  for (const { block, bucket, clock } of batch.wakeBucketsDropped) {
    calls.call(statement.dropWakeBucket);
    calls.int(block);
    calls.int(bucket);
    calls.int(clock);
  }
  writeRemovals(batch, calls);
  writeHistory(batch, calls);
  writeWake(batch, calls);
  writeQuarantine(batch, calls);
  writeStates(batch, calls);
  const { applied } = batch;
  if (applied === null) return;
  calls.call(statement.putApplied);
  calls.int(applied.logPartition);
  calls.int(applied.offset);
  calls.int(applied.epoch);
  calls.text(applied.nonce);
  calls.int(applied.number);
  calls.int(applied.clock);
  calls.int(applied.mapVersion);
}

/** In the order of the key's columns. */
export function writeRunKey(run: RunKey, values: ValueWriter): void {
  values.id(run.runId);
  values.id(run.workflowId);
  values.id(run.namespaceId);
}

function writeRemovals({ runsRemoved, workflowsRemoved }: FoldBatch, calls: ValueWriter): void {
  for (const { run, block, clock } of runsRemoved) {
    for (const rows of [statement.removeHistory, statement.removeRunState]) {
      calls.call(rows);
      writeRunKey(run, calls);
      calls.int(clock);
    }
    calls.call(statement.removeWake);
    calls.int(block);
    writeRunKey(run, calls);
    calls.int(clock);
  }
  for (const { namespaceId, workflowId, clock } of workflowsRemoved) {
    calls.call(statement.removeWorkflow);
    calls.id(workflowId);
    calls.id(namespaceId);
    calls.int(clock);
  }
}

function writeHistory({ history }: FoldBatch, calls: ValueWriter): void {
  for (const row of history) {
    calls.call(statement.putHistory);
    writeRunKey(row.run, calls);
    calls.int(row.branch);
    calls.int(row.firstEventId);
    calls.int(row.lastEventId);
    calls.int(row.clock);
    calls.bytes(row.events);
  }
}

function writeWake({ wake }: FoldBatch, calls: ValueWriter): void {
  for (const row of wake) {
    calls.call(statement.putWake);
    calls.int(row.block);
    calls.int(row.bucket);
    writeRunKey(row.run, calls);
    calls.int(row.shard);
    calls.int(row.version);
    calls.intOrNone(row.loadAtUs);
    calls.bytesOrNone(row.offer);
    calls.int(row.clock);
  }
}

function writeQuarantine({ quarantine, quarantineReleased }: FoldBatch, calls: ValueWriter): void {
  for (const row of quarantine) {
    calls.call(statement.putQuarantine);
    writeRunKey(row.run, calls);
    calls.int(row.version);
    calls.int(row.clock);
    calls.text(row.reason);
    calls.bytes(row.transition);
  }
  for (const { run, clock } of quarantineReleased) {
    calls.call(statement.releaseQuarantine);
    writeRunKey(run, calls);
    calls.int(clock);
  }
}

function writeStates({ workflows, runStates }: FoldBatch, calls: ValueWriter): void {
  for (const row of workflows) {
    calls.call(statement.putWorkflow);
    calls.id(row.workflowId);
    calls.id(row.namespaceId);
    calls.int(row.clock);
    calls.bytes(row.state);
  }
  for (const row of runStates) {
    calls.call(statement.putRunState);
    writeRunKey(row.run, calls);
    calls.int(row.version);
    calls.int(row.clock);
    calls.bytes(row.state);
  }
}
