// KEY=VALUE arguments.

import { CommandError } from '../command.ts';

/** `KEY=VALUE` cut at the first "=". */
export function parsePair(text: string, flag: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new CommandError(`${flag} needs KEY=VALUE, not "${text}"`);
}

/** `KEY=JSON` pairs; the values are checked and stay text. */
export function parseJsonPairs(
  texts: readonly string[],
  flag: string,
): readonly (readonly [string, string])[] {
  return texts.map((text) => {
    const [key, value] = parsePair(text, flag);
    if (isJson(value)) return [key, value];
    throw new CommandError(
      `the value of ${flag} ${key} is not JSON: ${value}; a string needs its quotes: ${flag} '${key}=${JSON.stringify(value)}'`,
    );
  });
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
