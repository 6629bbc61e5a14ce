// What a service knows of the call it answers.

/** One call, from the client's connection to the service that answers it. Plain record: 10,000 of them may be parked. */
export interface CallContext {
  /** When the client gives up, ms of process time (`Clock`, L10); null when it said nothing. */
  readonly deadlineMs: number | null;
  /** Metadata `client-name` and `client-version`; empty when absent. */
  readonly clientName: string;
  readonly clientVersion: string;
  /** Metadata `supported-features`; empty when absent. */
  readonly supportedFeatures: string;
  /** True once the client has gone: what is answered afterwards reaches nobody. */
  cancelled(): boolean;
  /** Calls back once when the client goes; at once if it has gone. */
  onCancelled(listener: () => void): void;
}
