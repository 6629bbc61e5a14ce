// A workflow as data: what a simulated worker does for it follows from the history alone, as the code of a real one would.

import {
  type CommandInit,
  completeWorkflow,
  failWorkflow,
  scheduleActivity,
  startTimer,
} from '@perdure/testing/golden';
import type { HistoryEvent } from '@perdure/wire';
import type { Chance } from '../chance.ts';

export type Step =
  /** Activities at once; each fails so many attempts before it succeeds. */
  | { readonly kind: 'activities'; readonly failures: readonly number[]; readonly once: boolean }
  | { readonly kind: 'timer'; readonly milliseconds: number }
  /** Goes on when so many signals came in all. */
  | { readonly kind: 'signals'; readonly total: number };

export interface Program {
  readonly steps: readonly Step[];
  readonly end: 'complete' | 'fail';
}

export function randomProgram(chance: Chance, signals: number): Program {
  const steps = Array.from({ length: chance.below(4) }, (): Step => {
    if (chance.happens(0.4)) return { kind: 'timer', milliseconds: 100 + chance.below(20_000) };
    const once = chance.happens(0.3);
    const failures = Array.from({ length: 1 + chance.below(3) }, () =>
      once ? 0 : Math.max(0, chance.below(5) - 2),
    );
    return { kind: 'activities', failures, once };
  });
  const at = chance.below(steps.length + 1);
  const withSignals: Step[] =
    signals === 0 ? steps : steps.toSpliced(at, 0, { kind: 'signals', total: signals });
  return { steps: withSignals, end: chance.happens(0.85) ? 'complete' : 'fail' };
}

/** What the program does next after that history: commands, or none while it waits. */
export function nextCommands(
  program: Program,
  events: readonly HistoryEvent[],
  taskQueue: string,
): CommandInit[] {
  const seen = readHistory(events);
  for (const [index, step] of program.steps.entries()) {
    if (step.kind === 'signals') {
      if (seen.signals < step.total) return [];
    } else if (step.kind === 'timer') {
      const id = `timer-${index}`;
      if (!seen.started.has(id)) return [startTimer(id, step.milliseconds)];
      if (!seen.ended.has(id)) return [];
    } else {
      const ids = step.failures.map((failures, place) =>
        activityIdOf(index, place, failures, step.once),
      );
      if (!ids.every((id) => seen.started.has(id))) {
        return ids.map((id) => activityCommand(id, taskQueue));
      }
      if (!ids.every((id) => seen.ended.has(id))) return [];
    }
  }
  return [program.end === 'complete' ? completeWorkflow('done') : failWorkflow('as planned')];
}

/** What an activity is to do, as its id says. */
export interface ActivityPlan {
  /** Attempts that are to fail. */
  readonly failures: number;
  /** It may run at most once. */
  readonly once: boolean;
}

function activityIdOf(step: number, place: number, failures: number, once: boolean): string {
  return `activity-${step}-${place}-${failures}-${once ? 'once' : 'often'}`;
}

export function planOf(activityId: string): ActivityPlan {
  const parts = activityId.split('-');
  return { failures: Number(parts[3]), once: parts[4] === 'once' };
}

function activityCommand(id: string, taskQueue: string): CommandInit {
  const { once } = planOf(id);
  return scheduleActivity(taskQueue, id, {
    startToCloseTimeout: { seconds: 15 },
    heartbeatTimeout: { seconds: 8 },
    retryPolicy: once ? { maximumAttempts: 1 } : { initialInterval: { seconds: 1 } },
  });
}

interface Seen {
  readonly started: ReadonlySet<string>;
  readonly ended: ReadonlySet<string>;
  readonly signals: number;
}

function readHistory(events: readonly HistoryEvent[]): Seen {
  const started = new Set<string>();
  const ended = new Set<string>();
  const names = new Map<number, string>();
  let signals = 0;
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const timer = event.timerStartedEventAttributes;
    const id = scheduled?.activityId ?? timer?.timerId;
    if (id !== undefined) {
      started.add(id);
      names.set(event.eventId, id);
    }
    const cause =
      event.activityTaskCompletedEventAttributes?.scheduledEventId ??
      event.activityTaskFailedEventAttributes?.scheduledEventId ??
      event.activityTaskTimedOutEventAttributes?.scheduledEventId ??
      event.timerFiredEventAttributes?.startedEventId;
    if (cause !== undefined) ended.add(names.get(cause) ?? '');
    if (event.workflowExecutionSignaledEventAttributes !== null) signals += 1;
  }
  return { started, ended, signals };
}
