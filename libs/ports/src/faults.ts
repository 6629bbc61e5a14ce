// Faults of the ports: things outside went wrong. They are caught at the loop that owns the port, never in core.

/** A read below the low mark of the log. */
export class LogTrimmed extends Error {
  override readonly name = 'LogTrimmed';
  readonly asked: number;
  readonly lowMark: number;
  constructor(asked: number, lowMark: number) {
    super(`log offset ${asked} was trimmed; the lowest readable offset is ${lowMark}`);
    this.asked = asked;
    this.lowMark = lowMark;
  }
}

/** Storage cannot be used: a failed write or sync, corruption, a lock held by another process. Always names the place and the cure. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
  /** `corrupt`: data failed its check. `io`: the platform refused a write or sync. `locked`: another process has the directory. `mismatch`: the files do not belong together. */
  readonly kind: 'corrupt' | 'io' | 'locked' | 'mismatch';
  constructor(kind: StorageFault['kind'], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}
