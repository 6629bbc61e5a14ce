// A file of settings in the format of Temporal's: for each name a list of values, each with the constraints under which it
// holds.

import type { RawValue } from '@perdure/core-dynamic-config';

/** The configuration cannot be used, in one line for the user. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
}

/** The values of the text, each with the line it stands in. `path` is for messages. Throws ConfigFault. */
export async function parseConfigFile(text: string, path: string): Promise<readonly RawValue[]> {
  // Loaded when there is a file: it would cost every start some milliseconds.
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const placeOf = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  const [error] = document.errors;
  if (error !== undefined) {
    throw new ConfigFault(`${placeOf(error.pos[0])}: ${error.message.split('\n', 1)[0]}`);
  }
  const { contents } = document;
  if (contents === null) return [];
  if (!isMap(contents)) throw new ConfigFault(`${path}: write "name: [{ value: ... }]"`);
  const values: RawValue[] = [];
  for (const { key, value: list } of contents.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const at = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    if (!isSeq(list)) throw notAList(name, placeOf(at));
    for (const item of list.items) {
      if (!isMap(item)) throw notAList(name, placeOf(at));
      const place = placeOf(item.range?.[0] ?? at);
      const { value, constraints, ...rest } = item.toJS(document) as Record<string, unknown>;
      const [extra] = Object.keys(rest);
      if (extra !== undefined) {
        throw new ConfigFault(`${name} (${place}): ${extra} is neither value nor constraints`);
      }
      values.push({ name, value, constraints: constraintsOf(constraints, name, place), place });
    }
  }
  return values;
}

function notAList(name: string, place: string): ConfigFault {
  return new ConfigFault(
    `${name} (${place}): write a list of values, as "${name}: [{ value: ... }]"`,
  );
}

function constraintsOf(raw: unknown, name: string, place: string): RawValue['constraints'] {
  if (raw === undefined || raw === null) return {};
  if (typeof raw === 'object' && !Array.isArray(raw)) return raw as RawValue['constraints'];
  throw new ConfigFault(
    `${name} (${place}): constraints are names with values, as { namespace: orders }`,
  );
}
