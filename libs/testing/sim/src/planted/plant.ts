// Puts a bug into the engine as it is loaded: some text of one of its files is replaced by other text. The files stay as
// they are, and the engine needs no switches. To be imported before the engine is.

import { registerHooks } from 'node:module';

export interface PlantedBug {
  readonly name: string;
  /** End of the path of the file. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

export class CannotPlant extends Error {
  override readonly name = 'CannotPlant';
}

/** The text of the file with the bug in it. Throws CannotPlant when the place is not there, or not once. */
export function planted(bug: PlantedBug, source: string): string {
  const parts = source.split(bug.find);
  if (parts.length !== 2) {
    throw new CannotPlant(
      `bug ${bug.name}: its place stands ${parts.length - 1} times in ${bug.file}; give it its new text`,
    );
  }
  return parts.join(bug.replace);
}

export function plant(bug: PlantedBug): void {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(bug.file)) return loaded;
      const source =
        typeof loaded.source === 'string'
          ? loaded.source
          : new TextDecoder().decode(loaded.source as Uint8Array);
      return { ...loaded, source: planted(bug, source) };
    },
  });
}
