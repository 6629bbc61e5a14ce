// Invariants. A failed assertion is a bug of ours; it is never caught inside core (style.md 3.6, rule L12).

/** Thrown by `assert`. The service quarantines the run whose transition threw it. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** For the branch that cannot be: a new member of a union fails to compile here. */
export function unreachable(value: never): never {
  throw new InvariantError(`unexpected value ${JSON.stringify(value)}`);
}
