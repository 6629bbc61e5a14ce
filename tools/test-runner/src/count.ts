// What passed, failed and was skipped, and the one line that says so at the end of a run.

export type Count = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
};

export function add(a: Count, b: Count): Count {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: [...a.skipped, ...b.skipped],
  };
}

export function summary({ passed, failed, skipped }: Count): string {
  const tail = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  return `${passed} passed, ${failed} failed${tail}`;
}
