// J2. An acknowledged signal stands in the history once; one that was refused does not stand there.
// J3. Signals sent one after the other's acknowledgement stand in that order.

import { chronicleOf } from '../chronicle.ts';
import { idsWithDeletions } from '../deleted.ts';
import type { SignalSeen } from '../ledger.ts';
import type { Fault, Rule } from '../shown.ts';

export const signals: Rule = (ledger, shown) => {
  const deleted = idsWithDeletions(ledger);
  const byId = Map.groupBy(ledger.signals, ({ workflowId }) => workflowId);
  return [...byId].flatMap(([workflowId, sent]) => {
    const names = chronicleOf(shown, workflowId)
      .runs.flatMap(({ events }) => events)
      .flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
    return [...countFaults(sent, names, deleted.has(workflowId)), ...orderFaults(sent, names)];
  });
};

function countFaults(
  sent: readonly SignalSeen[],
  names: readonly string[],
  deleted: boolean,
): Fault[] {
  return sent.flatMap(({ workflowId, name, taken, endedUs: seenUs }) => {
    const count = names.filter((each) => each === name).length;
    const twice = { text: `J2: ${workflowId}: ${name} is there ${count} times`, seenUs };
    // What came to a run that was deleted is gone with it.
    if (taken === null || (taken && deleted)) return count <= 1 ? [] : [twice];
    const said = taken ? 'acknowledged' : 'refused';
    const text = `J2: ${workflowId}: ${name} was ${said} and is there ${count} times`;
    return count === (taken ? 1 : 0) ? [] : [{ text, seenUs }];
  });
}

function orderFaults(sent: readonly SignalSeen[], names: readonly string[]): Fault[] {
  const taken = sent.filter((signal) => signal.taken === true);
  return taken.flatMap((earlier) =>
    taken
      .filter((later) => earlier.endedUs < later.beganUs)
      .filter((later) => names.indexOf(earlier.name) > names.indexOf(later.name))
      .map((later) => ({
        text: `J3: ${later.workflowId}: ${later.name} stands before ${earlier.name}`,
        seenUs: later.endedUs,
      })),
  );
}
