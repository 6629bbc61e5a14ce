// What stops a LogPartition: a record that cannot be read, or a rule that does not hold. Never one run's matter (L12).

/** The bytes are not a record, or one of a newer format. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** What the log holds contradicts a rule of the protocol: records are missing or do not belong together. */
export class LogRuleBroken extends Error {
  override readonly name = 'LogRuleBroken';
  readonly rule: 'L3' | 'L5' | 'L8';
  constructor(rule: LogRuleBroken['rule'], message: string) {
    super(`${message} (rule ${rule})`);
    this.rule = rule;
  }
}
