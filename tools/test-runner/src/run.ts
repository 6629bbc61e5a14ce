// One run: the gate, the named Vitest projects, and as last line what passed and failed.
// A test skips itself when the machine lacks a tool; where CI=true that is a failure.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { add, type Count, summary } from './count.ts';
import { gate, runSteps, type Step } from './gate.ts';
import { countReport } from './vitest-report.ts';

const root = resolve(import.meta.dirname, '../../..');

export function run(projects: readonly string[], simulated: readonly Step[]): void {
  const steps = runSteps(root, [...gate, ...simulated]);
  const count = refuseSkips(add(steps, runTests(projects)));
  for (const name of count.skipped) console.log(`SKIPPED ${name}`);
  console.log(summary(count));
  process.exitCode = count.failed === 0 ? 0 : 1;
}

function runTests(projects: readonly string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-tests-'));
  const report = join(folder, 'report.json');
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  const json = existsSync(report) ? readFileSync(report, 'utf8') : undefined;
  rmSync(folder, { recursive: true });
  return countReport(json, status);
}

function refuseSkips(count: Count): Count {
  if (process.env['CI'] !== 'true' || count.skipped.length === 0) return count;
  console.log('FAILED  tests were skipped, and CI=true asks for every tool they need');
  return { ...count, failed: count.failed + 1 };
}
