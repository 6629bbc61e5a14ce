// The metadata port: small named records that belong to the server and not to a run, such as its namespaces. They are
// data, not a cache: no log brings them back, so a change is safe from power loss before it is answered.

export interface MetadataRecord {
  readonly kind: string;
  readonly key: string;
  /** 1 for a new record, one higher with each change. */
  readonly version: number;
  readonly value: Uint8Array;
}

export interface MetadataChange {
  readonly kind: string;
  readonly key: string;
  /** The version that must be there; 0: there must be no record. */
  readonly expectedVersion: number;
  /** null removes the record. */
  readonly value: Uint8Array | null;
}

export interface MetadataStore {
  /** Every record of the kind, ascending by the code units of its key. */
  list(kind: string): Promise<readonly MetadataRecord[]>;

  /**
   * Makes all changes or none. False, and nothing changed, if a record does not have its expected version. Resolves with
   * true when the changes survive power loss. A rejection is an unknown outcome: the caller reads what is there. Two
   * changes of one record in one call are refused with a TypeError.
   */
  change(changes: readonly MetadataChange[]): Promise<boolean>;
}
