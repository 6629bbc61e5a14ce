// A relative link in a Markdown file leads to a file or folder that exists.

import { posix } from 'node:path';
import type { Repository, SourceFile } from '../repository.ts';
import { type Finding, lineAt, type Rule } from '../rule.ts';

const link = /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s+(\S+)/gm;
const elsewhere = /^([a-z][a-z+.-]*:|#|\/\/)/i;

export const docLinks: Rule = {
  name: 'doc-links',
  check: (repository) =>
    repository.files
      .filter((file) => file.path.endsWith('.md'))
      .flatMap((file) => checkFile(repository, file)),
};

function checkFile(repository: Repository, file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const text = file.text.replace(/^```.*?^```|`[^`\n]*`/gms, (code) => code.replace(/[^\n]/g, ' '));
  for (const match of text.matchAll(link)) {
    const target = match[1] ?? match[2];
    if (target === undefined || elsewhere.test(target)) continue;
    const bare = decodeURI(target.replace(/[#?].*$/, ''));
    const path = posix.normalize(posix.join(posix.dirname(file.path), bare)).replace(/\/$/, '');
    if (exists(repository, path)) continue;
    const line = lineAt(text, match.index);
    findings.push({ path: file.path, line, message: `link to ${target}, which does not exist` });
  }
  return findings;
}

function exists(repository: Repository, path: string): boolean {
  if (path === '.' || repository.paths.has(path)) return true;
  for (const known of repository.paths) {
    if (known.startsWith(`${path}/`)) return true;
  }
  return false;
}
