// The syntax tree of a source file, as far as mutants need it.

import { parseSync, visitorKeys } from 'oxc-parser';

/** A node of the tree; the fields beside these depend on its type. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export class CannotParse extends Error {
  override readonly name = 'CannotParse';
}

/** Throws CannotParse. */
export function parse(file: string, text: string): SyntaxNode {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new CannotParse(`${file}: ${error.message}; give it valid syntax`);
  return program as unknown as SyntaxNode;
}

export function parses(file: string, text: string): boolean {
  return parseSync(file, text).errors.length === 0;
}

/** The nodes below one in the order of the text, without types. */
export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (const key of visitorKeys[node.type] ?? []) {
    const value = node[key];
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child) && !isType(child)) found.push(child);
    }
  }
  return found;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** Nodes of TypeScript that hold an expression which is there at run time. */
const wrappers = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression']);

function isType({ type }: SyntaxNode): boolean {
  return type.startsWith('TS') && !wrappers.has(type);
}
