// The import specifiers of a TypeScript file, type-only and dynamic ones too.

import { lineAt } from './rule.ts';
import { split } from './source-text.ts';

export type ImportSpecifier = { readonly specifier: string; readonly line: number };

const forms = [
  /\b(?:import|export)\b[^'"`;=]*?\bfrom\s*(['"])([^'"]+)\1/g,
  /\bimport\s*(['"])([^'"]+)\1/g,
  /\b(?:import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*(['"`])([^'"`]+)\1/g,
];

export function importsOf(text: string): ImportSpecifier[] {
  const { code, bare } = split(text);
  const found: ImportSpecifier[] = [];
  for (const form of forms) {
    for (const match of code.matchAll(form)) {
      // Words inside a string are blank in `bare`: an import quoted in a string is none.
      const first = bare[match.index];
      if (first === ' ' || match[2] === undefined) continue;
      found.push({ specifier: match[2], line: lineAt(code, match.index + match[0].length - 1) });
    }
  }
  return found.toSorted((a, b) => a.line - b.line);
}
