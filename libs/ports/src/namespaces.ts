// The namespaces a server knows.

export interface Namespace {
  readonly id: string;
  readonly name: string;
  /** Number of `temporal.api.enums.v1.NamespaceState`. */
  readonly state: number;
  readonly description: string;
  readonly ownerEmail: string;
  readonly data: Readonly<Record<string, string>>;
  readonly retentionUs: number;
  /** Custom search attributes: name -> number of `temporal.api.enums.v1.IndexedValueType`. */
  readonly searchAttributes: ReadonlyMap<string, number>;
}

/** Strictly consistent: what was registered is found by the next call. */
export interface Namespaces {
  byName(name: string): Namespace | undefined;
  byId(id: string): Namespace | undefined;
  list(): readonly Namespace[];
}
