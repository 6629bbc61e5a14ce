// The version rule of a run (L2): what to do with a transition that a counted frame holds.

/**
 * `apply`: it is the run's next. `skip`: the run has it already. `gap`: one is missing, and the run is quarantined unless
 * a valid deletion of it follows before the end of the replay. A run that is not known has version 0.
 */
export type VersionVerdict = 'apply' | 'skip' | 'gap';

export function judgeVersion(runVersion: number, transitionVersion: number): VersionVerdict {
  if (transitionVersion <= runVersion) return 'skip';
  return transitionVersion === runVersion + 1 ? 'apply' : 'gap';
}
