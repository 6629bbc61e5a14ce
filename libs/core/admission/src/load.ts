// How much new work is let in at the same time, by how long a turn of the process takes.
//
// A process that is asked for more than it can do shows it in its turns: what arrived together takes longer and longer.
// A turn that is too long shrinks the window of new work by as much as it was too long, every other turn gives some back. Within the window
// the namespaces that have new work under way get equal shares, so that a flood of one leaves room for the others.

/** A turn longer than this says that the process has too much to do. */
const turnUsMax = 50_000;
const windowMax = 2_000;
/** So many starts under way make no turn long by themselves: who sends no more at once is never refused. */
const windowMin = 200;
/** One turn takes this much of the window away at most: it may have been long for another reason. */
const shrinkMost = 0.4;
const grow = 20;
/** What adds to runs that are there is shed later than what starts new ones. */
const changeShare = 4;

/** Calls under way that make work, of one namespace. */
export interface WorkUnderWay {
  starts: number;
  changes: number;
}

export interface Load {
  window: number;
  /** Namespaces with starts, and with changes, under way. */
  starting: number;
  changing: number;
}

export const newLoad = (): Load => ({ window: windowMax, starting: 0, changing: 0 });
export const noWork = (): WorkUnderWay => ({ starts: 0, changes: 0 });

/** Whether one more start may begin; it counts as under way then. */
export function beginStart(load: Load, work: WorkUnderWay): boolean {
  const sharers = work.starts === 0 ? load.starting + 1 : load.starting;
  if (work.starts * sharers >= load.window) return false;
  if (work.starts++ === 0) load.starting += 1;
  return true;
}

export function endStart(load: Load, work: WorkUnderWay): void {
  if (--work.starts === 0) load.starting -= 1;
}

export function beginChange(load: Load, work: WorkUnderWay): boolean {
  const sharers = work.changes === 0 ? load.changing + 1 : load.changing;
  if (work.changes * sharers >= load.window * changeShare) return false;
  if (work.changes++ === 0) load.changing += 1;
  return true;
}

export function endChange(load: Load, work: WorkUnderWay): void {
  if (--work.changes === 0) load.changing -= 1;
}

/** A turn with calls in it is over. */
export function turnEnded(load: Load, turnUs: number): void {
  load.window =
    turnUs > turnUsMax
      ? Math.max(windowMin, load.window * Math.max(shrinkMost, turnUsMax / turnUs))
      : Math.min(windowMax, load.window + grow);
}
