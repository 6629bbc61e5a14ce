// The workers of the cluster as they describe themselves. Soft state: it may forget everything at any time, and knows a
// worker again with its next heartbeat.

export interface KnownWorker {
  readonly instanceKey: string;
  /** Encoded `temporal.api.worker.v1.WorkerHeartbeat`, the newest. */
  readonly heartbeat: Uint8Array;
}

export interface WorkerDirectory {
  /** One with the key of a known worker of the namespace replaces it. */
  record(namespaceId: string, worker: KnownWorker): void;
  /** Workers of the namespace heard of lately, ascending by their keys. */
  list(namespaceId: string): readonly KnownWorker[];
  find(namespaceId: string, instanceKey: string): KnownWorker | undefined;
}
