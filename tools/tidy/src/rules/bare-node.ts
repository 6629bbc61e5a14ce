// Nothing starts `node` by name: outside an npm script that is whichever Node the machine has.

import { isTypeScript, type SourceFile } from '../repository.ts';
import { type Finding, findAll, type Rule } from '../rule.ts';
import { split } from '../source-text.ts';

const call = /\b(?:spawn|exec|execFile|fork)(?:Sync)?\s*\(\s*(['"`])(?:node|npx|tsx)\b/g;
const command = /(?:^|[;&|(]\s*|\b(?:exec|env|then|do)\s+)node\s/gm;

export const bareNode: Rule = {
  name: 'bare-node',
  check: (repository) => repository.files.flatMap(checkFile),
};

function checkFile(file: SourceFile): Finding[] {
  if (isTypeScript(file)) {
    return findAll(file, split(file.text).code, call, 'start Node as process.execPath');
  }
  if (!isShell(file)) return [];
  return findAll(file, file.text, command, 'call the pinned Node, or an npm script');
}

function isShell(file: SourceFile): boolean {
  return file.path.endsWith('.sh') || /^#!.*sh\b/.test(file.text);
}
