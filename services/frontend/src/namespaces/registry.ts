// The namespaces of a server: durable in the metadata port, and in memory for everybody who asks.
//
// N1. A change is in memory as soon as it is durable and before it is answered: the next call sees it, whoever makes it.
// N2. Records change by compare-and-set; who loses reads what is there and decides again.
// N3. A name belongs to one namespace: a record from the name to the id is made and removed with it.
// N4. The id of a namespace that is given at the start is made from its name, as it was before there were records: data
//     directories know it. All others get a random one, so that a name used again does not find the old runs.

import { assert, RejectionError, reject } from '@perdure/kernel';
import type { MetadataChange, MetadataStore, Namespace, Namespaces } from '@perdure/ports';
import { NamespaceState, namespaceNotFound } from '../scope.ts';
import { startNamespace } from './fixed.ts';
import { decodeNamespace, encodeName, encodeNamespace } from './record.ts';
import { added, checkWanted } from './search-attributes.ts';

export type NewNamespace = Pick<
  Namespace,
  'name' | 'description' | 'ownerEmail' | 'data' | 'retentionUs'
>;

export interface NamespaceRegistry extends Namespaces {
  /** Refuses a name that is in use. */
  register(wanted: NewNamespace): Promise<Namespace>;
  /** `update` gives the namespace as it shall be, under the same id and name. It may be called more than once. */
  update(name: string, update: (now: Namespace) => Namespace): Promise<Namespace>;
  /** Marks it deleted under another name, so that its own is free. */
  markDeleted(which: { readonly name: string } | { readonly id: string }): Promise<Namespace>;
  /** Removes the records of a deleted namespace of which nothing is left. */
  forget(id: string): Promise<void>;
}

export interface RegistryOptions {
  readonly metadata: MetadataStore;
  /** Random ids of registered namespaces. */
  readonly newId: () => string;
}

/** What must be there when the server has started. */
export interface StartNamespaces {
  readonly names: readonly string[];
  /** Of each of them: name -> number of IndexedValueType. */
  readonly searchAttributes?: Readonly<Record<string, number>>;
}

/** Reads the namespaces, and registers what of the start is not there yet. */
export async function openNamespaces(
  options: RegistryOptions,
  { names, searchAttributes = {} }: StartNamespaces,
): Promise<NamespaceRegistry> {
  const registry = new Registry(options);
  await registry.load();
  checkWanted(searchAttributes);
  for (const name of new Set(names)) {
    await registry.present(name);
    await registry.update(name, (now) => added(now, searchAttributes));
  }
  return registry;
}

const namespaceKind = 'namespace';
const nameKind = 'namespace name';
/** Name records are made and removed, never changed. */
const nameVersion = 1;
const attemptsMax = 20;
const idPrefixLength = 5;

interface Entry {
  readonly namespace: Namespace;
  readonly version: number;
}

interface Step {
  readonly after: Namespace;
  readonly changes: readonly MetadataChange[];
}

class Registry implements NamespaceRegistry {
  readonly #metadata: MetadataStore;
  readonly #newId: () => string;
  #byId: ReadonlyMap<string, Entry> = new Map();
  #byName: ReadonlyMap<string, Entry> = new Map();
  #list: readonly Namespace[] = [];

  constructor({ metadata, newId }: RegistryOptions) {
    this.#metadata = metadata;
    this.#newId = newId;
  }

  byName(name: string): Namespace | undefined {
    return this.#byName.get(name)?.namespace;
  }

  byId(id: string): Namespace | undefined {
    return this.#byId.get(id)?.namespace;
  }

  list(): readonly Namespace[] {
    return this.#list;
  }

  async load(): Promise<void> {
    const records = await this.#metadata.list(namespaceKind);
    this.#put(
      records.map(({ key, version, value }) => ({
        namespace: decodeNamespace(key, value),
        version,
      })),
    );
  }

  /** Makes sure that the name is there. */
  async present(name: string): Promise<void> {
    if (this.#byName.has(name)) return;
    const wanted = startNamespace(name);
    const id = this.#byId.has(wanted.id) ? this.#newId() : wanted.id;
    await this.#commit(() => {
      // Another process of the cluster may have been quicker.
      const known = this.#byName.get(name);
      if (known !== undefined) return { after: known.namespace, changes: [] };
      return this.#creation({ ...wanted, id });
    });
  }

  register(wanted: NewNamespace): Promise<Namespace> {
    const id = this.#newId();
    return this.#commit(() => {
      const namespace = { ...wanted, id, state: NamespaceState.Registered };
      return this.#creation({ ...namespace, searchAttributes: new Map() });
    });
  }

  update(name: string, update: (now: Namespace) => Namespace): Promise<Namespace> {
    return this.#commit(() => {
      const now = this.#byName.get(name);
      if (now === undefined) throw namespaceNotFound(name);
      const after = update(now.namespace);
      assert(after.id === now.namespace.id && after.name === name, 'an update changes the rest');
      return { after, changes: after === now.namespace ? [] : [recordChange(after, now.version)] };
    });
  }

  markDeleted(which: { readonly name: string } | { readonly id: string }): Promise<Namespace> {
    return this.#commit(() => {
      const now = 'id' in which ? this.#byId.get(which.id) : this.#byName.get(which.name);
      if (now === undefined) throw namespaceNotFound('id' in which ? which.id : which.name);
      const { namespace, version } = now;
      const after = {
        ...namespace,
        name: this.#deletedName(namespace),
        state: NamespaceState.Deleted,
      };
      const changes = [
        recordChange(after, version),
        nameChange(namespace.name, nameVersion, null),
        nameChange(after.name, 0, after.id),
      ];
      return { after, changes };
    });
  }

  async forget(id: string): Promise<void> {
    const held = this.#byId.get(id);
    if (held === undefined) return;
    const { namespace, version } = held;
    assert(namespace.state === NamespaceState.Deleted, 'only a deleted namespace is forgotten');
    const changes = [
      { kind: namespaceKind, key: id, expectedVersion: version, value: null },
      nameChange(namespace.name, nameVersion, null),
    ];
    if (!(await this.#change(changes))) return this.load();
    const byId = new Map(this.#byId);
    byId.delete(id);
    this.#show(byId);
  }

  #creation(after: Namespace): Step {
    if (this.#byName.has(after.name)) throw alreadyExists(after.name);
    return { after, changes: [recordChange(after, 0), nameChange(after.name, 0, after.id)] };
  }

  /** As much of the id as makes it a name that is free. */
  #deletedName({ name, id }: Namespace): string {
    for (let length = idPrefixLength; ; length++) {
      const candidate = `${name}-deleted-${id.slice(0, length)}`;
      if (!this.#byName.has(candidate)) return candidate;
      assert(length < id.length, 'an id tells a namespace from every other');
    }
  }

  /** N1, N2. */
  async #commit(decide: () => Step): Promise<Namespace> {
    for (let attempt = 1; attempt <= attemptsMax; attempt++) {
      const { after, changes } = decide();
      if (changes.length === 0) return after;
      if (await this.#change(changes)) {
        const version = (changes[0]?.expectedVersion ?? 0) + 1;
        this.#put([{ namespace: after, version }]);
        return after;
      }
      await this.load();
    }
    throw new RejectionError(reject('UNAVAILABLE', 'The namespace is being changed by others.'));
  }

  async #change(changes: readonly MetadataChange[]): Promise<boolean> {
    try {
      return await this.#metadata.change(changes);
    } catch (fault) {
      // The outcome is unknown: memory follows what is there.
      await this.load();
      throw fault;
    }
  }

  /** Of two versions of a record the higher one counts: a slow read does not undo a change made meanwhile. */
  #put(entries: readonly Entry[]): void {
    const byId = new Map(this.#byId);
    for (const entry of entries) {
      const { id } = entry.namespace;
      if (entry.version > (byId.get(id)?.version ?? 0)) byId.set(id, entry);
    }
    this.#show(byId);
  }

  #show(byId: ReadonlyMap<string, Entry>): void {
    this.#byId = byId;
    this.#byName = new Map([...byId.values()].map((entry) => [entry.namespace.name, entry]));
    this.#list = [...byId.values()]
      .map(({ namespace }) => namespace)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function recordChange(namespace: Namespace, expectedVersion: number): MetadataChange {
  const value = encodeNamespace(namespace);
  return { kind: namespaceKind, key: namespace.id, expectedVersion, value };
}

function nameChange(key: string, expectedVersion: number, id: string | null): MetadataChange {
  return { kind: nameKind, key, expectedVersion, value: id === null ? null : encodeName(id) };
}

function alreadyExists(name: string): RejectionError {
  const message = `Namespace "${name}" already exists`;
  return new RejectionError(reject('ALREADY_EXISTS', message, { kind: 'namespaceAlreadyExists' }));
}
