// J39. A run is described with the memo and the search attributes that its history makes.

import { propertiesOf, propertiesText } from '../properties.ts';
import { eventsOf, type Rule } from '../shown.ts';

export const properties: Rule = (ledger, shown) =>
  [...ledger.descriptions, ...shown.descriptions].flatMap((description) => {
    const { workflowId, runId, historyLength, seenUs, properties: described } = description;
    const then = eventsOf(shown, runId).slice(0, historyLength);
    if (then.length < historyLength) return [];
    const [told, made] = [propertiesText(described), propertiesText(propertiesOf(then))];
    const text = `J39: ${workflowId} ${runId}: described with ${told}, its history says ${made}`;
    return told === made ? [] : [{ text, seenUs }];
  });
