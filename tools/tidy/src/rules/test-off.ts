// No test is switched off. One that needs a tool the machine lacks uses `skipIf`, which is counted.

import { isTypeScript } from '../repository.ts';
import { findAll, type Rule } from '../rule.ts';
import { split } from '../source-text.ts';

const off =
  /\b(?:test|it|describe|suite|bench)(?:\s*\.\s*\w+)*\s*\.\s*(?:skip|only|todo|fails)\b|\b(?:xit|xtest|xdescribe|fdescribe)\s*\(/g;

export const testOff: Rule = {
  name: 'test-off',
  check: (repository) =>
    repository.files
      .filter(isTypeScript)
      .flatMap((file) => findAll(file, split(file.text).bare, off, 'a test is switched off')),
};
