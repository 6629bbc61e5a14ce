// The kernel and the core are synchronous and see no clock, chance or machine. The compiler and
// the linter hold most of it; this holds the ways round them, in one place that is easy to read.

import { isTest, isTypeScript } from '../repository.ts';
import { findAll, type Rule } from '../rule.ts';
import { split } from '../source-text.ts';

const impure = new RegExp(
  [
    String.raw`(?<![.\w])(?:async|await)\b(?!\s*[:?,)=])`,
    String.raw`(?<![.\w])(?:Date|Promise|globalThis|eval|WeakRef|FinalizationRegistry)\b(?!\s*[:?])`,
    String.raw`(?<![.\w])(?:performance|process|crypto)\s*\.`,
    String.raw`(?<![.\w])(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\s*\(`,
    String.raw`\bMath\s*(?:\.\s*random|\[)`,
    String.raw`(?<![.\w])import\s*\(`,
    String.raw`\bnew\s+Function\b`,
  ].join('|'),
  'g',
);

export const corePurity: Rule = {
  name: 'core-purity',
  check: (repository) =>
    repository.files
      .filter((file) => /^libs\/(kernel|core\/[^/]+)\/src\//.test(file.path))
      .filter((file) => isTypeScript(file) && !isTest(file.path))
      .flatMap((file) =>
        findAll(file, split(file.text).bare, impure, (match) => {
          return `"${match[0].trim()}" has no place in the kernel or the core: take it as input`;
        }),
      ),
};
