// One source file: its mutants, and its text with a probe in each block, by which a test shows that it came there.

import { type Mutant, mutated } from './mutant.ts';
import { changesOf, isUnwatched } from './mutators.ts';
import { children, parse, parses, type SyntaxNode } from './syntax.ts';

/** Every mutant of the file that is valid syntax, in the order of the text. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const text = (node: SyntaxNode) => source.slice(node.start, node.end);
  const found = new Map<string, Mutant>();
  const visit = (node: SyntaxNode, outer: number): void => {
    if (isUnwatched(node, text)) return;
    for (const change of changesOf(node, text)) {
      const { start, end } = change;
      const original = source.slice(start, end);
      const mutant = { file, ...change, ...placeOf(source, start), original, block: outer };
      const changed = mutated(mutant, source);
      if (changed !== source && parses(file, changed)) found.set(changed, mutant);
    }
    const inner = node.type === 'BlockStatement' ? node.start : outer;
    for (const below of children(node)) visit(below, inner);
  };
  visit(parse(file, source), 0);
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The name that a probe reports. */
export function blockName(file: string, block: number): string {
  return `${file}#${block}`;
}

export function withProbes(file: string, source: string): string {
  const blocks: number[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'BlockStatement') blocks.push(node.start);
    children(node).forEach(visit);
  };
  visit(parse(file, source));
  let probed = '';
  let copied = 0;
  for (const block of blocks.sort((a, b) => a - b)) {
    probed += `${source.slice(copied, block + 1)}${probe(file, block)}`;
    copied = block + 1;
  }
  return `${probed}${source.slice(copied)}\n${probe(file, 0)}`;
}

function probe(file: string, block: number): string {
  return `;globalThis.perdureReached?.add(${JSON.stringify(blockName(file, block))});`;
}

function placeOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
