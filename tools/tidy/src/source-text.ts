// Splits TypeScript into code, strings and comments without a parser: TypeScript 7 has no
// JavaScript API. Each part has the length of the source with everything else blanked, so an
// offset or a line in it is an offset or a line in the file.

export type SourceText = {
  /** Comments blanked. */
  readonly code: string;
  /** Comments blanked, and the inside of strings and regular expressions too. */
  readonly bare: string;
  /** Everything but comments blanked. */
  readonly comments: string;
};

type Part = 'code' | 'string' | 'comment';

const cache = new Map<string, SourceText>();

export function split(source: string): SourceText {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const result = splitAnew(source);
  cache.set(source, result);
  return result;
}

function splitAnew(source: string): SourceText {
  let code = '';
  let bare = '';
  let comments = '';
  const emit = (from: number, to: number, part: Part): void => {
    const text = source.slice(from, to);
    const blank = text.replace(/[^\n]/g, ' ');
    code += part === 'comment' ? blank : text;
    bare += part === 'code' ? text : blank;
    comments += part === 'comment' ? text : blank;
  };
  // Depths of braces at which an open `${` ends.
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  while (at < source.length) {
    const char = source[at];
    const next = source[at + 1];
    let end = at + 1;
    let part: Part = 'code';
    if (char === '/' && next === '/') {
      end = endOr(source.indexOf('\n', at), source.length);
      part = 'comment';
    } else if (char === '/' && next === '*') {
      end = endOr(source.indexOf('*/', at + 2), source.length - 2) + 2;
      part = 'comment';
    } else if (char === "'" || char === '"') {
      end = endOfQuoted(source, at, char);
      part = 'string';
    } else if (char === '`' || (char === '}' && templates.at(-1) === depth)) {
      if (char === '}') templates.pop();
      end = endOfTemplatePart(source, at + 1);
      part = 'string';
      if (source[end - 1] === '{') templates.push(depth);
    } else if (char === '/' && regexMayStart(bare)) {
      end = endOfRegex(source, at);
      part = 'string';
    } else if (char === '{') {
      depth += 1;
    } else if (char === '}') {
      depth -= 1;
    }
    // The quotes themselves count as code, so that `bare` still shows where a string stood.
    if (part === 'string' && end - at >= 2) {
      emit(at, at + 1, 'code');
      emit(at + 1, end - 1, 'string');
      emit(end - 1, end, 'code');
    } else {
      emit(at, end, part);
    }
    at = end;
  }
  return { code, bare, comments };
}

function endOr(found: number, otherwise: number): number {
  return found === -1 ? otherwise : found;
}

function endOfQuoted(source: string, start: number, quote: string): number {
  for (let at = start + 1; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === quote || source[at] === '\n') return at + 1;
  }
  return source.length;
}

/** Just after the closing backtick or the opening brace of a `${`. */
function endOfTemplatePart(source: string, start: number): number {
  for (let at = start; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '`') return at + 1;
    else if (source[at] === '$' && source[at + 1] === '{') return at + 2;
  }
  return source.length;
}

function endOfRegex(source: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\\') at += 1;
    else if (char === '\n') return start + 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
  }
  return start + 1;
}

function regexMayStart(before: string): boolean {
  const tail = before.slice(-200).trimEnd();
  return tail === '' || /([(,=:[!&|?{};+>]|\b(return|case|typeof|of|in))$/.test(tail);
}
