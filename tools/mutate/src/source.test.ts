import { describe, expect, test } from 'vitest';
import { mutated } from './mutant.ts';
import { mutantsOf, withProbes } from './source.ts';

/** The texts that the mutants of a source have. */
function texts(source: string): string[] {
  return mutantsOf('a.ts', source).map((mutant) => mutated(mutant, source));
}

describe('mutantsOf', () => {
  test.each([
    ['a comparison at its bound and turned', 'f(a < b)', ['f(a <= b)', 'f(a >= b)']],
    ['equality turned', 'f(a === b)', ['f(a !== b)']],
    ['a condition fixed', 'f(a ? b : c)', ['f(true ? b : c)', 'f(false ? b : c)']],
    ['"and" as "or", and each of its sides', 'f(a && b)', ['f((a || b))', 'f(a)', 'f(b)']],
    ['the default, or what it stands in for', 'f(a ?? b)', ['f(a)', 'f(b)']],
    ['addition as subtraction', 'f(a + b)', ['f(a - b)']],
    ['a small number by one', 'f(2)', ['f(3)', 'f(1)']],
    ['zero by one', 'f(0n)', ['f(1n)', 'f((-1n))']],
    ['a large number doubled', 'f(4_096)', ['f(8192)']],
    ['a negation gone', 'f(!a)', ['f(a)']],
    ['each element gone', 'f([a, ...b])', ['f([...b])', 'f([a])']],
    ['a filter gone', 'f(a.filter(b))', ['f(a)']],
    ['"some" as "every"', 'f(a.some(b))', ['f(a.every(b))']],
    ['an optional chain made sure', 'f(a?.b)', ['f(a.b)']],
    ['a spread of an object gone', 'f({ ...a, b })', ['f(({ b }))']],
  ])('%s', (_, source, expected) => {
    expect(texts(source).filter((text) => text !== ';')).toEqual(expected);
  });

  test('removes each statement, and all of a block of several', () => {
    expect(texts('function f() { a(); b(); }')).toEqual([
      'function f() {}',
      'function f() { ; b(); }',
      'function f() { a(); ; }',
    ]);
  });

  test('answers nothing instead of a value', () => {
    expect(texts('function f() { return a; }')).toEqual(['function f() { return undefined; }']);
    expect(texts('const f = () => a;')).toEqual(['const f = () => undefined;']);
  });

  test.each([
    ['types', 'const a: 1 | true = b as 2;'],
    ['texts', "const a = `a` + 'b';"],
    ['what is logged', 'log.info(a + 1);'],
    ['assertions', "assert(a < b, 'order');"],
    ['imports', "import { a } from './a.ts';"],
  ])('leaves %s alone', (_, source) => {
    expect(texts(source)).toEqual([]);
  });

  test('names the place and the innermost block', () => {
    const source = 'function f() {\n  if (a) { b(1); }\n}';
    const one = mutantsOf('a.ts', source).find(({ replacement }) => replacement === '2');
    expect(one).toMatchObject({ line: 2, column: 14, block: source.indexOf('{ b(') });
  });
});

describe('withProbes', () => {
  test('reports each block that is come through', () => {
    const probed = withProbes('a.ts', 'if (1) { 2; } else { 3; }');
    globalThis.perdureReached = new Set();
    // oxlint-disable-next-line no-eval
    (0, eval)(probed);
    expect([...globalThis.perdureReached]).toEqual(['a.ts#7', 'a.ts#0']);
  });
});
