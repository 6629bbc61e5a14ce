import { expect, test } from 'vitest';
import { importsOf } from './imports.ts';

const specifiers = (text: string): string[] => importsOf(text).map((found) => found.specifier);

test('importsOf sees every form of import', () => {
  const text = [
    "import a, { b } from 'one';",
    "import type { c } from 'two';",
    "import 'three';",
    "export { d } from 'four';",
    "export * from 'five';",
    "const e = await import('six');",
    "type F = import('seven').F;",
    'import {\n  g,\n} from "eight";',
    "const h = require('nine');",
  ].join('\n');
  const wanted = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  expect(specifiers(text)).toEqual(wanted);
});

test('importsOf leaves comments and strings alone', () => {
  expect(specifiers("// import 'a'\nconst x = \"import 'b'\"; // from 'c'")).toEqual([]);
});
