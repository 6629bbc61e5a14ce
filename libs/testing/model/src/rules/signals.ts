// J2. An acknowledged signal stands in the history once; one that was refused does not stand there.
// J3. Signals sent one after the other's acknowledgement stand in that order.

import { chronicleOf } from '../chronicle.ts';
import { idsWithDeletions } from '../deleted.ts';
import type { SignalSeen } from '../ledger.ts';
import type { Rule } from '../shown.ts';

export const signals: Rule = (ledger, shown) => {
  const deleted = idsWithDeletions(ledger);
  const byId = Map.groupBy(ledger.signals, ({ workflowId }) => workflowId);
  return [...byId].flatMap(([workflowId, sent]) => {
    const names = chronicleOf(shown, workflowId)
      .runs.flatMap(({ events }) => events)
      .flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
    const about = (fault: string): string => `${fault.slice(0, 2)}: ${workflowId}${fault.slice(2)}`;
    return [...countFaults(sent, names, deleted.has(workflowId)), ...orderFaults(sent, names)].map(
      about,
    );
  });
};

function countFaults(
  sent: readonly SignalSeen[],
  names: readonly string[],
  deleted: boolean,
): string[] {
  return sent.flatMap(({ name, taken }) => {
    const count = names.filter((each) => each === name).length;
    // What came to a run that was deleted is gone with it.
    if (taken === null || (taken && deleted))
      return count <= 1 ? [] : [`J2: ${name} is there ${count} times`];
    const said = taken ? 'acknowledged' : 'refused';
    return count === (taken ? 1 : 0) ? [] : [`J2: ${name} was ${said} and is there ${count} times`];
  });
}

function orderFaults(sent: readonly SignalSeen[], names: readonly string[]): string[] {
  const taken = sent.filter((signal) => signal.taken === true);
  return taken.flatMap((earlier) =>
    taken
      .filter((later) => earlier.endedUs < later.beganUs)
      .filter((later) => names.indexOf(earlier.name) > names.indexOf(later.name))
      .map((later) => `J3: ${later.name} stands before ${earlier.name}`),
  );
}
