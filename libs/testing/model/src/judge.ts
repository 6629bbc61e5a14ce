// The verdict on a server: everything it said held against everything it shows when all is quiet. Adding a rule is one file
// in `rules/` and its line here; each file says what its rules are.

import { withoutDeleted } from './deleted.ts';
import type { Ledger } from './ledger.ts';
import { activities } from './rules/activities.ts';
import { activityEnds } from './rules/activity-ends.ts';
import { answers } from './rules/answers.ts';
import { attempts } from './rules/attempts.ts';
import { cancels } from './rules/cancels.ts';
import { chains } from './rules/chains.ts';
import { closedRuns } from './rules/closed-runs.ts';
import { deletions } from './rules/deletions.ts';
import { deliveries } from './rules/deliveries.ts';
import { descriptions } from './rules/descriptions.ts';
import { ends } from './rules/ends.ts';
import { histories } from './rules/histories.ts';
import { listing } from './rules/listing.ts';
import { ownTime } from './rules/own-time.ts';
import { programs } from './rules/programs.ts';
import { prompt } from './rules/prompt.ts';
import { properties } from './rules/properties.ts';
import { queries } from './rules/queries.ts';
import { reads } from './rules/reads.ts';
import { requests } from './rules/requests.ts';
import { retries } from './rules/retries.ts';
import { runTimes } from './rules/run-times.ts';
import { signals } from './rules/signals.ts';
import { starts } from './rules/starts.ts';
import { states } from './rules/states.ts';
import { taskAnswers } from './rules/task-answers.ts';
import { tasks } from './rules/tasks.ts';
import { timers } from './rules/timers.ts';
import { workflowTasks } from './rules/workflow-tasks.ts';
import type { Fault, Rule, Shown } from './shown.ts';

const rules: readonly Rule[] = [
  starts,
  histories,
  signals,
  timers,
  activities,
  reads,
  descriptions,
  listing,
  states,
  ownTime,
  programs,
  tasks,
  requests,
  chains,
  runTimes,
  properties,
  closedRuns,
  answers,
  ends,
  cancels,
  attempts,
  activityEnds,
  workflowTasks,
  taskAnswers,
  queries,
];

/** Rules that hold times of the server against true ones. */
const timeRules: readonly Rule[] = [retries, deliveries, prompt];

/** What does not hold, in the order in which it was seen; `nowUs`: the end. */
export function judge(ledger: Ledger, shown: Shown, nowUs: number): Fault[] {
  const all = ledger.clocksAreSet ? rules : [...rules, ...timeRules];
  const kept = withoutDeleted(ledger);
  return [...all.flatMap((rule) => rule(kept, shown)), ...deletions(ledger, shown)]
    .map((fault) => (typeof fault === 'string' ? { text: fault, seenUs: nowUs } : fault))
    .toSorted((a, b) => a.seenUs - b.seenUs);
}
