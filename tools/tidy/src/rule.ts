// What a rule is: a name, which is also its fixture's folder, and a check that reports findings.

import type { Repository, SourceFile } from './repository.ts';

export type Finding = { readonly path: string; readonly line: number; readonly message: string };

export type Rule = {
  readonly name: string;
  readonly check: (repository: Repository) => Finding[];
};

/** One finding for each match of `pattern` in `text`, which must keep the lines of the file. */
export function findAll(
  file: SourceFile,
  text: string,
  pattern: RegExp,
  message: string | ((match: RegExpMatchArray) => string),
): Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(pattern)) {
    const line = lineAt(text, match.index);
    const words = typeof message === 'string' ? message : message(match);
    findings.push({ path: file.path, line, message: words });
  }
  return findings;
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}
