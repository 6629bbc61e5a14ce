// One small change of a source file.

export interface Mutant {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly original: string;
  readonly replacement: string;
  /** The innermost block around it, by the position where that begins; 0: the file itself. */
  readonly block: number;
}

export function mutated({ start, end, replacement }: Mutant, source: string): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** `file:line:column, original -> replacement` on one line. */
export function describeMutant(mutant: Mutant): string {
  const { file, line, column, original, replacement } = mutant;
  return `${file}:${line}:${column}, ${oneLine(original)} -> ${oneLine(replacement) || '(nothing)'}`;
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  return flat.length > 90 ? `${flat.slice(0, 87)}...` : flat;
}
