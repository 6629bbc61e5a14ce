import { expect, test } from 'vitest';
import { split } from './source-text.ts';

test('split blanks comments but keeps lines and offsets', () => {
  const source = 'a; // one\n/* two\n three */ b;';
  const { code, comments } = split(source);
  expect(code).toHaveLength(source.length);
  expect(code.split('\n')).toHaveLength(3);
  expect(code.replace(/\s+/g, ' ')).toBe('a; b;');
  expect(comments).toContain('// one');
  expect(comments).not.toContain('b;');
});

test('split does not take a comment out of a string, a template or a regular expression', () => {
  const source = `const u = 'http://x'; const t = \`//\${f('{')}//\`; const r = /[/]\\/*/.test(u);`;
  expect(split(source).code).toBe(source);
});

test('split blanks what strings say in its bare form', () => {
  const { bare } = split("spawn('async await', `a ${await b} c`);");
  expect(bare.match(/await/g)).toHaveLength(1);
  expect(bare).not.toContain('async');
});

test('split takes a division for code', () => {
  expect(split('const x = a / b; // c / d').bare).toContain('a / b;');
});
