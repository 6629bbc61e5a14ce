// The messages of perdure.operator.v1 (proto/perdure/operator.proto), for the server and the command line.

import type { Codec } from './codec.ts';
import { ownCodec } from './own-schema.ts';

export const operatorService = 'perdure.operator.v1.Operator';

export interface RunReference {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
}

export interface UnappliedView {
  readonly version: number;
  readonly bytes: number;
  readonly clockUs: number;
  readonly offset: number;
}

export interface WorkflowTaskView {
  readonly phase: string;
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly transient: boolean;
  readonly queue: string;
  readonly identity: string;
  readonly scheduledUs: number;
  readonly startedUs: number;
}

export interface ActivityView {
  readonly scheduledEventId: number;
  readonly activityId: string;
  readonly activityType: string;
  readonly queue: string;
  readonly phase: string;
  readonly attempt: number;
  readonly stamp: number;
  readonly attemptScheduledUs: number;
  readonly startedUs: number;
  readonly lastHeartbeatUs: number;
  readonly identity: string;
}

export interface TimerView {
  readonly timerId: string;
  readonly startedEventId: number;
  readonly fireAtUs: number;
}

export interface DedupKeyView {
  readonly key: string;
  readonly runId: string;
  readonly expiresAtUs: number;
  readonly answer: string;
}

export interface OutboxMessageView {
  readonly messageId: string;
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly phase: string;
}

export interface ProbeView {
  readonly messageId: string;
  readonly what: string;
  readonly text: string;
  readonly answer: string;
}

export interface RunView {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly currentRunId: string;
  readonly shard: number;
  readonly epoch: number;
  readonly inMemory: boolean;
  readonly quarantined: string;
  readonly status: number;
  readonly headVersion: number;
  readonly durableVersion: number;
  readonly appliedVersion: number;
  readonly unapplied: readonly UnappliedView[];
  readonly nextEventId: number;
  readonly storedEventId: number;
  readonly historyBytes: number;
  readonly workflowTask: WorkflowTaskView | null;
  readonly activities: readonly ActivityView[];
  readonly timers: readonly TimerView[];
  readonly bufferedEvents: number;
  readonly dueUs: number;
  readonly stickyQueue: string;
  readonly dedupKeys: readonly DedupKeyView[];
  readonly takenOverUs: number;
  readonly outbox: readonly OutboxMessageView[];
  readonly probes: readonly ProbeView[];
}

export interface QuarantinedRun extends RunReference {
  readonly reason: string;
  readonly transitionsKept: number;
  readonly sinceUs: number;
}

export interface ReleaseAnswer {
  readonly transitionsApplied: number;
  readonly version: number;
}

export interface BackupAnswer {
  readonly destination: string;
  readonly bytes: number;
  readonly files: number;
  readonly appliedOffset: number;
  readonly endOffset: number;
}

/** Each RPC with its messages. */
export interface OperatorMessages {
  DescribeRun: { request: RunReference; response: RunView };
  ListQuarantine: {
    request: Readonly<Record<string, never>>;
    response: { readonly runs: readonly QuarantinedRun[] };
  };
  ReleaseRun: { request: RunReference; response: ReleaseAnswer };
  Backup: { request: { readonly destination: string }; response: BackupAnswer };
}

export type OperatorRpc = keyof OperatorMessages;

export interface OperatorCodec<R extends OperatorRpc> {
  readonly request: Codec<OperatorMessages[R]['request'], OperatorMessages[R]['request']>;
  readonly response: Codec<OperatorMessages[R]['response'], OperatorMessages[R]['response']>;
}

export function operatorCodec<R extends OperatorRpc>(rpc: R): OperatorCodec<R> {
  return {
    request: ownCodec('operator', `perdure.operator.v1.${rpc}Request`),
    response: ownCodec('operator', `perdure.operator.v1.${rpc}Response`),
  };
}
