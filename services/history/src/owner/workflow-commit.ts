// A change of a workflow id that no run of it bears (X2, X3): the answer to a message that none took, the release of keys.
//
// It enters head and log in the turn of its decision like a run's (O1), is durable with its frame, and waits for the store
// like one; what is in the store already is told by the clock of the id's row, so it needs no version (M1).

import { encodeWorkflowBody, type WorkflowDelta } from '@perdure/core-execution';
import { assert } from '@perdure/kernel';
import type { Owner } from './owner.ts';
import { unavailable } from './refusals.ts';
import type { UnappliedTransition } from './run-handle.ts';
import type { WorkflowEntry } from './workflow-entry.ts';

/** Resolves when it is durable; before that `onDurable` has been told. */
export function commitWorkflow(
  owner: Owner,
  entry: WorkflowEntry,
  delta: WorkflowDelta,
  onDurable: (entry: WorkflowEntry) => void,
): Promise<void> {
  assert(!entry.evicted, 'a workflow id that left memory is loaded again before it changes');
  const body = encodeWorkflowBody(delta);
  const record = workflowChange(body);
  const { namespaceId, workflowId } = entry;
  return new Promise((resolve, rejectWith) => {
    owner.pump.append({
      transitions: [{ run: { namespaceId, workflowId, runId: '' }, version: 1, body }],
      durable: (frame, clock) => {
        record.clock = clock;
        record.frame = owner.ledger.durable(frame, clock);
        owner.unappliedBytes += record.bytes;
        onDurable(entry);
        resolve();
      },
      failed: (fault) => rejectWith(unavailable(fault)),
    });
    entry.applyAlone(delta, record, owner.clock.nowUs());
  });
}

/** Not durable yet: without clock and frame. */
export function workflowChange(body: Uint8Array): UnappliedTransition {
  return {
    version: 1,
    firstEventId: 0,
    lastEventId: -1,
    events: noEvents,
    bytes: body.length,
    shown: null,
    clock: 0,
    frame: null,
  };
}

const noEvents = new Uint8Array(0);
