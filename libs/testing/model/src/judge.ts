// The verdict on a server: everything it said held against everything it shows when all is quiet. Adding a rule is one file
// in `rules/` and its line here; each file says what its rules are.

import { withoutDeleted } from './deleted.ts';
import type { Ledger } from './ledger.ts';
import { activities } from './rules/activities.ts';
import { answers } from './rules/answers.ts';
import { cancels } from './rules/cancels.ts';
import { chains } from './rules/chains.ts';
import { closedRuns } from './rules/closed-runs.ts';
import { deletions } from './rules/deletions.ts';
import { descriptions } from './rules/descriptions.ts';
import { ends } from './rules/ends.ts';
import { histories } from './rules/histories.ts';
import { listing } from './rules/listing.ts';
import { properties } from './rules/properties.ts';
import { reads } from './rules/reads.ts';
import { requests } from './rules/requests.ts';
import { runTimes } from './rules/run-times.ts';
import { signals } from './rules/signals.ts';
import { starts } from './rules/starts.ts';
import { timers } from './rules/timers.ts';
import type { Rule, Shown } from './shown.ts';

const rules: readonly Rule[] = [
  starts,
  histories,
  signals,
  timers,
  activities,
  reads,
  descriptions,
  listing,
  requests,
  chains,
  runTimes,
  properties,
  closedRuns,
  answers,
  ends,
  cancels,
];

/** What does not hold, each with the number of its rule. */
export function judge(ledger: Ledger, shown: Shown): string[] {
  const kept = withoutDeleted(ledger);
  return [...rules.flatMap((rule) => rule(kept, shown)), ...deletions(ledger, shown)];
}
