// All times here are the server's own: as it wrote them into tasks and events.
//
// J40. The attempts of an activity that workers got are numbered in the order of their starts; one is left out only when there
//      was time for it to be lost on its way and to time out.
// J41. An attempt never comes before the interval of the policy, or of the failure, since the one before it ended; nor much
//      later than the one before it must have been given up.
//      One that says nothing is given up when its heartbeat is due.
// J42. No attempt follows the last that the policy allows, or a failure after which nothing is to be tried again.
// J43. Nothing is given out of an activity that has ended, or of a run that has.

import type { AttemptSeen, Ledger, ReportSeen } from '../ledger.ts';
import { eventsOf, type Rule } from '../shown.ts';
import { type ActivityLife, activityLives, intervalUs, silenceUs } from './activity-life.ts';
import { isLate } from './lateness.ts';

export const attempts: Rule = (ledger, shown) => {
  const reportsByRun = Map.groupBy(ledger.reports, ({ runId }) => runId);
  return [...Map.groupBy(ledger.attempts, ({ runId }) => runId)].flatMap(([runId, ofRun]) => {
    const lives = activityLives(eventsOf(shown, runId));
    const reports = reportsByRun.get(runId) ?? [];
    const byActivity = Map.groupBy(ofRun, ({ activityId }) => activityId);
    return [...byActivity].flatMap(([activityId, seen]) => {
      const life = lives.get(activityId);
      if (life === undefined) return [`J43: ${runId} ${activityId} was given out and is not there`];
      const about = reports.filter((report) => report.activityId === activityId);
      const faults = [
        ...orderFaults(life, seen, about, ledger),
        ...endFaults(life, seen, about, ledger),
      ];
      return faults.map((fault) => `${fault.slice(0, 4)} ${runId} ${activityId}:${fault.slice(4)}`);
    });
  });
};

function orderFaults(
  life: ActivityLife,
  seen: readonly AttemptSeen[],
  reports: readonly ReportSeen[],
  ledger: Ledger,
): string[] {
  const inOrder = seen.toSorted((a, b) => a.attempt - b.attempt);
  return inOrder.flatMap((next, index) => {
    const { attempt, dueUs, startedUs } = next;
    if (startedUs < dueUs) return [`J41: attempt ${attempt} was started before it was due`];
    const last = inOrder[index - 1];
    if (last?.attempt === attempt) return [];
    const earliestUs = earliest(life, last, attempt, reports);
    if (dueUs < earliestUs) {
      const since = last === undefined ? 'the start' : `attempt ${last.attempt}`;
      const rule = attempt - (last?.attempt ?? 0) > 1 ? 'J40' : 'J41';
      return [
        `${rule}: attempt ${attempt} was due ${earliestUs - dueUs} µs too early after ${since}`,
      ];
    }
    if (last === undefined || attempt !== last.attempt + 1) return [];
    const longestUs = patienceUs(life, last, dueUs, ledger) + longestDelayUs(life, last, reports);
    return isLate(ledger, last.startedUs + longestUs, dueUs, last.startedUs)
      ? [`J41: attempt ${attempt} was due ${dueUs - last.startedUs - longestUs} µs too late`]
      : [];
  });
}

/** When the attempt of that number can have been due at the earliest, after the last one that a worker got. */
function earliest(
  life: ActivityLife,
  last: AttemptSeen | undefined,
  attempt: number,
  reports: readonly ReportSeen[],
): number {
  let us = last?.startedUs ?? life.scheduledUs;
  for (let before = last?.attempt ?? 1; before < attempt; before++) {
    const failures = failuresOf(reports, before);
    const delays = failures.map(({ retryDelayUs }) => retryDelayUs ?? intervalUs(life, before));
    if (failures.length === 0) us += silenceUs(life) + intervalUs(life, before);
    else us += Math.min(...delays, silenceUs(life) + intervalUs(life, before));
  }
  return Math.floor(us);
}

/** How long after its start the server may wait for the attempt, when nothing else came of it until then. */
function patienceUs(
  life: ActivityLife,
  { silent, startedUs }: AttemptSeen,
  untilUs: number,
  { outages }: Ledger,
): number {
  // W7: whoever takes over gives workers the time once more.
  const disturbed = outages.some(
    ({ beganUs, endedUs }) => beganUs <= untilUs && endedUs >= startedUs,
  );
  return silent && !disturbed ? silenceUs(life) : life.startToCloseUs;
}

function longestDelayUs(
  life: ActivityLife,
  { attempt }: AttemptSeen,
  reports: readonly ReportSeen[],
): number {
  const asked = failuresOf(reports, attempt).map(({ retryDelayUs }) => retryDelayUs ?? 0);
  return Math.max(intervalUs(life, attempt), ...asked);
}

/** Reports that may have ended the attempt and made room for the next. */
function failuresOf(reports: readonly ReportSeen[], attempt: number): ReportSeen[] {
  return reports
    .filter((report) => report.how === 'failed' && report.verdict !== 'refused')
    .filter((report) => report.attempt === attempt || report.attempt === 0);
}

function endFaults(
  life: ActivityLife,
  seen: readonly AttemptSeen[],
  reports: readonly ReportSeen[],
  ledger: Ledger,
): string[] {
  const { endedUs, policy, started } = life;
  const faults: string[] = [];
  const last = reports.filter(({ final, verdict }) => final && verdict === 'taken');
  const finalAttempt = Math.min(...last.map(({ attempt }) => attempt || Number.POSITIVE_INFINITY));
  for (const each of seen) {
    const { attempt, silent, startedUs } = each;
    const givenUpUs = startedUs + patienceUs(life, each, endedUs, ledger);
    if (silent && attempt === started?.attempt && isLate(ledger, givenUpUs, endedUs)) {
      faults.push(`J41: attempt ${attempt} was given up ${endedUs - givenUpUs} µs too late`);
    }
    if (policy.maximumAttempts > 0 && attempt > policy.maximumAttempts) {
      faults.push(`J42: attempt ${attempt} of at most ${policy.maximumAttempts} was given out`);
    }
    if (attempt > finalAttempt) {
      faults.push(`J42: attempt ${attempt} came after attempt ${finalAttempt} had failed for good`);
    }
    if (startedUs > endedUs) {
      faults.push(`J43: attempt ${attempt} was started ${startedUs - endedUs} µs after the end`);
    }
    if (started !== null && attempt > started.attempt) {
      faults.push(`J43: attempt ${attempt} was given out, and attempt ${started.attempt} ended it`);
    }
  }
  return faults;
}
