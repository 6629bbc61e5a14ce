// Puts a bug into the engine as it is loaded: some text of one of its files is replaced by other text. The files stay as
// they are, and the engine needs no switches. To be imported before the engine is.

import { registerHooks } from 'node:module';

/** A place in the engine. */
export interface Place {
  /** Its path from the root of the repository. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** One machine with everything in it, or many nodes on Kafka and Cassandra. */
export type WorldKind = 'machine' | 'cluster';

export interface PlantedBug extends Place {
  /** What the engine does wrong, as the rest of a sentence. */
  readonly name: string;
  /** The worlds in which it is sought; absent: one machine. */
  readonly world?: WorldKind;
  /** The rule of the protocols that is removed or weakened, as `L5`; absent: none of those, or several. */
  readonly breaks?: string;
  /** Other places: assertions that would stop the bug before anybody outside is harmed, or bounds that are never met. */
  readonly also?: readonly Place[];
}

/** Sought in worlds of many nodes. */
export type ClusterBug = Omit<PlantedBug, 'world'> & { readonly breaks: string };

export class CannotPlant extends Error {
  override readonly name = 'CannotPlant';
}

export function worldOf({ world = 'machine' }: PlantedBug): WorldKind {
  return world;
}

export function placesOf({ also = [], file, find, replace }: PlantedBug): Place[] {
  return [{ file, find, replace }, ...also];
}

/** The text of the file with the bug in it. Throws CannotPlant when the place is not there, or not once. */
export function planted(bug: string, { file, find, replace }: Place, source: string): string {
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new CannotPlant(
      `bug ${bug}: its place stands ${parts.length - 1} times in ${file}; give it its new text`,
    );
  }
  return parts.join(replace);
}

export function plant(bug: PlantedBug): void {
  const places = placesOf(bug);
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const here = places.filter(({ file }) => url.endsWith(`/${file}`));
      if (here.length === 0) return loaded;
      const source =
        typeof loaded.source === 'string'
          ? loaded.source
          : new TextDecoder().decode(loaded.source as Uint8Array);
      const withBug = here.reduce((text, place) => planted(bug.name, place, text), source);
      return { ...loaded, source: withBug };
    },
  });
}
