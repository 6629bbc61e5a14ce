// Vitest's JSON report as a count. Nothing that went wrong may count as nothing: a file that did
// not load, an error outside any test, a run without tests or without a report is one failure.

import type { Count } from './count.ts';

type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

export function countReport(json: string | undefined, exitCode: number | null): Count {
  const files = json === undefined ? [] : (JSON.parse(json) as Report).testResults;
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for (const file of files) {
    const failedBefore = failed;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') failed += 1;
      else skipped.push(test.fullName);
    }
    if (file.status === 'failed' && failed === failedBefore) failed += 1;
  }
  const unexplained = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: unexplained ? 1 : failed, skipped };
}
