// What is offered and what waits for it: the words that history, matching and the gateway share.

import type { RunKey } from '@perdure/kernel';

export type TaskKind = 'workflow' | 'activity' | 'query';

/** A task queue. Workflow and query tasks share the pollers of kind `workflow`. */
export interface QueueName {
  readonly namespaceId: string;
  readonly kind: 'workflow' | 'activity';
  readonly name: string;
}

/** "This task is scheduled and not started": may be repeated, may be stale; the start decides. */
export interface TaskOffer {
  readonly kind: TaskKind;
  readonly queue: QueueName;
  /** True for a worker's own (sticky) queue. */
  readonly sticky: boolean;
  readonly run: RunKey;
  /** Event id of the scheduled event; 0 for a query task. */
  readonly scheduledEventId: number;
  readonly attempt: number;
  /** Tells two offers of one (event, attempt) apart after options changed; 0 at first. */
  readonly stamp: number;
  /** Id of the direct query; empty otherwise. */
  readonly queryId: string;
  /** Owner's epoch; of two offers of one task the higher wins (D1). */
  readonly epoch: number;
  /** Name of the node that offers; empty in a server of one process. */
  readonly node: string;
  /** 1 (first) to 5; 3 when the client said nothing. */
  readonly priority: number;
  readonly scheduledAtUs: number;
}

/** What matching and the owner need of a parked PollWorkflowTaskQueue. */
export interface WorkflowPoll {
  /** Unique per poll; a start that carries it twice gets the same answer (D2). */
  readonly pollRequestId: string;
  readonly namespaceId: string;
  readonly namespace: string;
  /** The queue polled (sticky or normal). */
  readonly queue: string;
  readonly sticky: boolean;
  /** For a sticky queue, the normal one it belongs to; else empty. */
  readonly normalQueue: string;
  readonly identity: string;
  readonly binaryChecksum: string;
  readonly clientName: string;
}

export interface ActivityPoll {
  readonly pollRequestId: string;
  readonly namespaceId: string;
  readonly namespace: string;
  readonly queue: string;
  readonly identity: string;
  /** Cap on tasks per second for the whole queue, from the worker; null when not set. 0 stops the queue. */
  readonly maxTasksPerSecond: number | null;
  readonly clientName: string;
}

/** `started`: the encoded Poll...TaskQueueResponse, durable, ready to be written. */
export type StartOutcome =
  | { readonly kind: 'started'; readonly response: Uint8Array }
  | { readonly kind: 'obsolete' };

/** What a poll got: a started task with its offer (for D3), or nothing. */
export type PollOutcome =
  | { readonly kind: 'task'; readonly offer: TaskOffer; readonly response: Uint8Array }
  | { readonly kind: 'empty' };

/** A string that is equal for offers of one task only, within one queue. */
export function taskKey(offer: TaskOffer): string {
  const { run } = offer;
  return `${run.workflowId}\0${run.runId}\0${offer.scheduledEventId}\0${offer.attempt}\0${offer.stamp}\0${offer.queryId}`;
}
