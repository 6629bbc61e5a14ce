// Work left for later is an issue, not a mark in a file.

import { isTypeScript, type SourceFile } from '../repository.ts';
import { type Finding, findAll, type Rule } from '../rule.ts';
import { split } from '../source-text.ts';

const words = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'];
const marker = new RegExp(String.raw`\b(?:${words.join('|')})\b`, 'g');

export const leftoverMarker: Rule = {
  name: 'leftover-marker',
  check: (repository) => repository.files.flatMap(checkFile),
};

function checkFile(file: SourceFile): Finding[] {
  const text = isTypeScript(file) ? split(file.text).comments : file.text;
  return findAll(file, text, marker, (match) => `do it now or drop the ${match[0]}`);
}
