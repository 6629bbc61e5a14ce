// A workflow as data: what a simulated worker does for it follows from the history alone, as the code of a real one would.

import { type CommandInit, cancelWorkflow } from '@perdure/testing/golden';
import type { HistoryEvent } from '@perdure/wire';
import type { Chance } from '../../chance.ts';
import { viewOf } from './history-view.ts';
import type { Step, StepKind } from './step.ts';
import { close } from './steps/close.ts';
import { stepKinds } from './steps/index.ts';

export interface Program {
  /** One after the other; the last one closes the run. */
  readonly steps: readonly Step[];
  /** A request to cancel ends the run at once; otherwise it is not heeded. */
  readonly heedsCancel?: boolean;
  /** Names of the signals that came to earlier runs of the chain. */
  readonly carried?: readonly string[];
}

const kinds = new Map(stepKinds.map((kind) => [kind.kind, kind]));
const drawn = stepKinds.flatMap((kind) => Array<StepKind>(kind.weight).fill(kind));

/** Some random steps; those of a journey among them. Ends with `last`, drawn when it is not given. */
export function randomProgram(
  chance: Chance,
  own: readonly Step[] = [],
  last: Step = close.draw(chance),
): Program {
  const steps = Array.from({ length: chance.below(4) }, () => chance.pick(drawn).draw(chance));
  const at = chance.below(steps.length + 1);
  return { steps: [...steps.toSpliced(at, 0, ...own), last] };
}

/** What the program does next after that history: commands, or none while it waits. */
export function nextCommands(
  program: Program,
  events: readonly HistoryEvent[],
  taskQueue: string,
): readonly CommandInit[] {
  const seen = viewOf(events, program.carried);
  if (seen.cancelRequested && program.heedsCancel === true) return [cancelWorkflow()];
  const commands: CommandInit[] = [];
  for (const [index, step] of program.steps.entries()) {
    const kind = kinds.get(step.kind);
    if (kind === undefined) throw new Error(`there is no kind of step "${step.kind}"`);
    const move = kind.next(step, { seen, index, taskQueue, before: commands });
    if (move === 'waits') return commands;
    if (move === 'over') continue;
    if (!('last' in move)) return [...commands, ...move];
    commands.push(...move.last);
  }
  throw new Error('a program has to end with a step that closes its run');
}
