// A statement that is being put together: its text holds no value, only the places of those that are bound.

export type BoundValue = Uint8Array | number | string | null;

export interface Statement {
  readonly text: string;
  readonly values: readonly BoundValue[];
}

export class StatementValues {
  readonly values: BoundValue[] = [];

  /** Its place in the text. */
  bind(value: BoundValue): string {
    return `$${this.values.push(value)}`;
  }
}
