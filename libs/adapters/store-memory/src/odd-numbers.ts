// Numbers that a store with integer columns could not hold are refused here too.

/** Throws for the first row with a number that is not a safe integer. */
export function refuseOddNumbers(rows: readonly object[]): void {
  for (const row of rows) {
    for (const value of Object.values(row)) {
      if (typeof value !== 'number' || Number.isSafeInteger(value)) continue;
      throw new TypeError(`${value} is not an integer`);
    }
  }
}
