// What the compatibility tests are called, read from their sources: nothing runs to know it.
//
// A TypeScript test stands in a `describe` that names its area and is called `feature: criterion`; a Python scenario is
// called `area / feature: criterion`.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const sdks = ['TypeScript', 'Python'] as const;
export type Sdk = (typeof sdks)[number];

export interface Title {
  readonly sdk: Sdk;
  readonly area: string;
  readonly feature: string;
  readonly criterion: string;
}

/** Every title under `tests/compat` of the repository. */
export function readTitles(root: string): Title[] {
  const folder = join(root, 'tests/compat');
  const sources = (name: string, ending: string): string[] =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith(ending))
      .toSorted()
      .map((file) => readFileSync(join(folder, name, file), 'utf8'));
  return [
    ...sources('typescript', '.test.ts').flatMap(typescriptTitles),
    ...sources('python', '.py').flatMap(pythonTitles),
  ];
}

export function typescriptTitles(source: string): Title[] {
  const titles: Title[] = [];
  let area = '';
  for (const [, call, , text = ''] of source.matchAll(
    /^\s*(describe|test)(?:\.concurrent)?\(\s*(['"`])(.+?)\2/gm,
  )) {
    if (call === 'describe') area = text;
    else titles.push({ sdk: 'TypeScript', area, ...splitTitle(text) });
  }
  return titles;
}

export function pythonTitles(source: string): Title[] {
  return [...source.matchAll(/^@scenario\("(.+?) \/ (.+?)"\)$/gm)].map(
    ([, area = '', text = '']) => ({ sdk: 'Python', area, ...splitTitle(text) }),
  );
}

function splitTitle(text: string): { feature: string; criterion: string } {
  const [, feature, criterion] = /^(.+?): (.+)$/.exec(text) ?? [];
  if (feature === undefined || criterion === undefined) {
    throw new Error(`not of the form "feature: criterion": ${text}`);
  }
  return { feature, criterion };
}
