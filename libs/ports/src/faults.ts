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

/**
 * The store did not answer, or too little of it did. What was written may be there, or may arrive later: the same batch may
 * be sent again (M3). It heals by itself (M10).
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/**
 * This node does not own the LogPartition (any more): nothing was done, unless `outcomeUnknown`. `owner`: the node that the
 * answering one takes for the owner, null when it knows of none.
 */
export class NotOwner extends Error {
  override readonly name = 'NotOwner';
  readonly logPartition: number;
  readonly owner: string | null;
  /** The request was decided and appended before the ownership was lost: it may have been done. */
  readonly outcomeUnknown: boolean;
  constructor(logPartition: number, owner: string | null, outcomeUnknown = false) {
    super(`LogPartition ${logPartition} is not owned here; its owner is ${owner ?? 'not known'}`);
    this.logPartition = logPartition;
    this.owner = owner;
    this.outcomeUnknown = outcomeUnknown;
  }
}

/**
 * There will be no answer of that node: the link to it is lost. What was asked of it may have been done, or may be done
 * later, unless `outcomeUnknown` is false: then nothing of it was handed to a link.
 */
export class PeerLost extends Error {
  override readonly name = 'PeerLost';
  readonly node: string;
  readonly outcomeUnknown: boolean;
  constructor(node: string, reason: string, outcomeUnknown = true) {
    super(`node ${node} was lost: ${reason}`);
    this.node = node;
    this.outcomeUnknown = outcomeUnknown;
  }
}
