// The workflows of these tests as one bundle, made once and kept: bundling costs over a second in each test process.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@perdure/testing/harness';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const cache = join(repositoryRoot, 'node_modules/.cache/perdure-workflows');

/** The path of the bundle of a folder of workflows, whose `index.ts` exports them. */
export async function workflowBundle(folder: string): Promise<string> {
  const path = join(cache, `${digest(folder)}.js`);
  if (existsSync(path)) return path;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(folder, 'index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  mkdirSync(cache, { recursive: true });
  const made = `${path}.${process.pid}`;
  writeFileSync(made, code);
  renameSync(made, path);
  return path;
}

function digest(folder: string): string {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(repositoryRoot, 'node_modules/@temporalio/worker/package.json')));
  for (const name of readdirSync(folder).toSorted()) {
    hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
