// Bytes that are not the message they should be.

/** Thrown for a message of more fields than is taken. */
export class TooManyFields extends Error {
  override readonly name = 'TooManyFields';
}

/** Thrown for bytes that are not the message, or that hold more fields than the caller allows. */
export class DecodeFault extends Error {
  override readonly name = 'DecodeFault';
  readonly kind: 'malformed' | 'tooManyFields';
  constructor(typeName: string, cause: unknown) {
    super(`not a ${typeName}: ${(cause as Error).message}`, { cause });
    this.kind = cause instanceof TooManyFields ? 'tooManyFields' : 'malformed';
  }
}
