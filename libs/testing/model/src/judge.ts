// The verdict on a server: everything it said held against everything it shows when all is quiet.
//
// J1. An acknowledged start has its run; one run of a workflow id is open at a time.
// J2. An acknowledged signal stands in the history once; one that was refused does not stand there.
// J3. Signals sent one after the other's acknowledgement stand in that order.
// J4. A history is gapless, has one closing event at its end, and only grows: what was read stays a prefix.
// J5. A timer fires once, never before its start plus its duration by the run's own times.
// J6. An attempt of an activity reaches at most one worker; of one that may run once, one attempt does.
// J7. An acknowledged result stands in the history.
// J8. The details of an acknowledged heartbeat, or of a later one, reach the next attempt.
// J9. When faults stop, every run ends.

import { closesRun, historyFaults } from '@perdure/testing/golden';
import { type HistoryEvent, historyEventCodec } from '@perdure/wire';
import { activityFaults } from './activity-faults.ts';
import type { Ledger } from './ledger.ts';
import { timerFaults } from './timer-faults.ts';

export interface Shown {
  /** By run id. */
  readonly histories: ReadonlyMap<string, readonly HistoryEvent[]>;
}

/** What does not hold, each with the number of its rule. */
export function judge(ledger: Ledger, shown: Shown): string[] {
  const faults: string[] = [];
  for (const { workflowId, runId } of ledger.starts) {
    const events = shown.histories.get(runId);
    if (events === undefined) {
      faults.push(`J1: run ${runId} of ${workflowId} was acknowledged and is not there`);
      continue;
    }
    const about = (rule: string) => (fault: string) =>
      faults.push(`${rule}: ${workflowId}: ${fault}`);
    historyFaults(events).forEach(about('J4'));
    timerFaults(events).forEach(about('J5'));
    if (!closesRun(events.at(-1))) about('J9')('the run did not end');
  }
  return [
    ...faults,
    ...doubledRuns(ledger),
    ...signalFaults(ledger, shown),
    ...prefixFaults(ledger, shown),
    ...activityFaults(ledger, shown),
  ];
}

function doubledRuns({ starts }: Ledger): string[] {
  const byId = Map.groupBy(starts, (start) => start.workflowId);
  return [...byId].flatMap(([workflowId, all]) => {
    const ids = new Set(all.map((start) => start.runId));
    return ids.size > 1
      ? [`J1: one start of ${workflowId} made the runs ${[...ids].join(', ')}`]
      : [];
  });
}

function signalFaults(ledger: Ledger, shown: Shown): string[] {
  const faults: string[] = [];
  const runs = new Map(ledger.starts.map((start) => [start.workflowId, start.runId]));
  for (const [workflowId, signals] of Map.groupBy(ledger.signals, (signal) => signal.workflowId)) {
    const events = shown.histories.get(runs.get(workflowId) ?? '') ?? [];
    const names = events.flatMap(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [],
    );
    for (const { name, taken } of signals) {
      const count = names.filter((each) => each === name).length;
      if (count !== (taken ? 1 : 0)) {
        const said = taken ? 'acknowledged' : 'refused';
        faults.push(`J2: ${workflowId}: ${name} was ${said} and is there ${count} times`);
      }
    }
    const taken = signals.filter((signal) => signal.taken);
    for (const earlier of taken) {
      for (const later of taken) {
        if (earlier.endedUs >= later.beganUs) continue;
        if (names.indexOf(earlier.name) > names.indexOf(later.name)) {
          faults.push(`J3: ${workflowId}: ${later.name} stands before ${earlier.name}`);
        }
      }
    }
  }
  return faults;
}

function prefixFaults(ledger: Ledger, shown: Shown): string[] {
  return ledger.histories.flatMap(({ runId, events }) => {
    const now = shown.histories.get(runId) ?? [];
    const at = events.findIndex((event, index) => {
      const other = now[index];
      return other === undefined || Buffer.compare(event, historyEventCodec.encode(other)) !== 0;
    });
    return at < 0 ? [] : [`J4: event ${at + 1} of run ${runId} was shown and is another now`];
  });
}
