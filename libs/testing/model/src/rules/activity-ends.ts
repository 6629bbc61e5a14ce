// J44. An activity times out never before its time, and soon after it unless the server could not.
// J45. The event that ends an activity says the truth: why there is no further attempt, and what ended the one before.
// J46. What ended an activity was reported by somebody who was not refused; an acknowledged report ended its attempt.
// J47. A worker whose heartbeat came after the acknowledged request to cancel is told of it, and no other is.

import { decodeFailure, RetryState, TimeoutType } from '@perdure/wire';
import type { Ledger, ReportSeen } from '../ledger.ts';
import type { Rule, RunShown } from '../shown.ts';
import { type ActivityLife, activityLives, intervalUs, markOf } from './activity-life.ts';
import { eventUs } from './event-time.ts';
import { isLate } from './lateness.ts';

export const activityEnds: Rule = (ledger, shown) => {
  const reportsByRun = Map.groupBy(ledger.reports, ({ runId }) => runId);
  const beatsByRun = Map.groupBy(ledger.heartbeats, ({ runId }) => runId);
  return shown.runs.flatMap((run) => {
    const lives = activityLives(run.events);
    const reports = Map.groupBy(reportsByRun.get(run.runId) ?? [], ({ activityId }) => activityId);
    const faults = [...lives.values()].flatMap((life) => {
      const about = reports.get(life.activityId) ?? [];
      const found = [
        ...timeFaults(life, ledger),
        ...reasonFaults(life, about),
        ...reportFaults(life, about),
      ];
      return found.map((fault) => `${fault.slice(0, 4)} ${life.activityId}:${fault.slice(4)}`);
    });
    const beats = beatsByRun.get(run.runId) ?? [];
    return [...faults, ...cancelFaults(run, lives, beats, ledger)].map(
      (fault) => `${fault.slice(0, 4)} ${run.workflowId} ${run.runId}${fault.slice(4)}`,
    );
  });
};

function timeFaults(life: ActivityLife, ledger: Ledger): string[] {
  const { end, endedUs, scheduledUs, scheduleToCloseUs, started } = life;
  const faults: string[] = [];
  const deadlineUs = scheduledUs + scheduleToCloseUs;
  if (scheduleToCloseUs > 0 && Number.isFinite(endedUs) && isLate(ledger, deadlineUs, endedUs)) {
    faults.push(`J44: ended ${endedUs - deadlineUs} µs after its schedule-to-close time-out`);
  }
  if (end !== null && started !== null) {
    const dueUs = started.startedUs + life.startToCloseUs;
    if (isLate(ledger, dueUs, endedUs)) faults.push(`J44: ended ${endedUs - dueUs} µs too late`);
  }
  const timedOut = end?.activityTaskTimedOutEventAttributes ?? null;
  if (timedOut === null) return faults;
  const type = decodeFailure(timedOut.failure).timeoutFailureInfo?.timeoutType ?? 0;
  const earliestUs = earliestTimeout(life, type, timedOut.retryState === RetryState.Timeout);
  if (endedUs < earliestUs) {
    faults.push(`J44: time-out ${type} came ${earliestUs - endedUs} µs early`);
  }
  if (type === TimeoutType.ScheduleToStart && started !== null) {
    faults.push('J45: schedule-to-start timed out, and an attempt was started');
  }
  return faults;
}

function earliestTimeout(life: ActivityLife, type: number, noTimeLeft: boolean): number {
  const { scheduledUs, scheduleToCloseUs, startToCloseUs, heartbeatUs, started } = life;
  const startedUs = started?.startedUs ?? Number.POSITIVE_INFINITY;
  switch (type) {
    case TimeoutType.StartToClose:
      return startedUs + startToCloseUs;
    case TimeoutType.Heartbeat:
      return startedUs + heartbeatUs;
    case TimeoutType.ScheduleToStart:
      return scheduledUs + life.scheduleToStartUs;
    case TimeoutType.ScheduleToClose: {
      // An attempt that ran out of its own time ends it too, when there is none left for another.
      const left = noTimeLeft && started !== null ? intervalUs(life, started.attempt) : 0;
      return scheduledUs + scheduleToCloseUs - Math.ceil(left);
    }
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/** Why there is no further attempt. */
function reasonFaults(life: ActivityLife, reports: readonly ReportSeen[]): string[] {
  const { end, started } = life;
  const failed = end?.activityTaskFailedEventAttributes ?? null;
  const timedOut = end?.activityTaskTimedOutEventAttributes ?? null;
  const given = failed ?? timedOut;
  const faults: string[] = [];
  if (given !== null && !reasons(life, given).has(given.retryState)) {
    const attempt = started?.attempt ?? 0;
    faults.push(`J45: attempt ${attempt} was the last with retry state ${given.retryState}`);
  }
  if (started === null) return faults;
  if (started.attempt > 1 !== started.lastFailure.length > 0) {
    faults.push(`J45: attempt ${started.attempt} has a last failure that cannot be`);
  }
  if (started.attempt === 1) return faults;
  const last = decodeFailure(started.lastFailure);
  if (last.timeoutFailureInfo !== null) return faults;
  const before = reports.filter(({ how, mark }) => how === 'failed' && mark === last.message);
  const told = before.some(
    ({ attempt, verdict }) =>
      verdict !== 'refused' && (attempt === 0 || attempt === started.attempt - 1),
  );
  return told
    ? faults
    : [...faults, `J45: attempt ${started.attempt} names a last failure: ${last.message}`];
}

/** The reasons that would be true. */
function reasons(
  life: ActivityLife,
  { failure }: { readonly failure: Uint8Array },
): ReadonlySet<number> {
  const { cancelRequestedUs, endedUs, policy, started } = life;
  const info = decodeFailure(failure);
  const type = info.timeoutFailureInfo?.timeoutType ?? 0;
  // Asked for at the same time, it may have been asked before or after.
  const cancelled = cancelRequestedUs !== null && cancelRequestedUs <= endedUs;
  if (cancelled && cancelRequestedUs < endedUs) return new Set([RetryState.CancelRequested]);
  const found = new Set<number>(cancelled ? [RetryState.CancelRequested] : []);
  if (type === TimeoutType.ScheduleToStart || type === TimeoutType.ScheduleToClose) {
    return found.add(RetryState.Timeout);
  }
  const attempt = started?.attempt ?? 0;
  const application = info.applicationFailureInfo;
  const listed = policy.nonRetryableErrorTypes.includes(application?.type ?? '');
  if (application?.nonRetryable === true || listed) {
    return found.add(RetryState.NonRetryableFailure);
  }
  if (policy.maximumAttempts > 0 && attempt >= policy.maximumAttempts) {
    return found.add(RetryState.MaximumAttemptsReached);
  }
  const asked = application?.nextRetryDelay ?? null;
  const delayUs =
    asked === null ? intervalUs(life, attempt) : asked.seconds * 1e6 + asked.nanos / 1e3;
  const deadlineUs = life.scheduledUs + life.scheduleToCloseUs;
  const noTimeLeft = life.scheduleToCloseUs > 0 && endedUs + Math.ceil(delayUs) > deadlineUs;
  return noTimeLeft ? found.add(RetryState.Timeout) : found;
}

function reportFaults(life: ActivityLife, reports: readonly ReportSeen[]): string[] {
  const { end, started } = life;
  const mark = markOf(life);
  const faults: string[] = [];
  const byServer = end === null || mark === '' || mark === 'ACTIVITY_ID_NOT_STARTED';
  const told = reports.find((report) => report.mark === mark);
  if (!byServer && told?.verdict !== 'taken' && told?.verdict !== 'unknown') {
    faults.push(`J46: ended by ${mark}, which was ${told?.verdict ?? 'never said'}`);
  }
  if (told !== undefined && told.attempt > 0 && told.attempt !== started?.attempt) {
    faults.push(`J46: ${mark} of attempt ${told.attempt} ended attempt ${started?.attempt}`);
  }
  for (const report of reports) {
    if (report.verdict !== 'taken') continue;
    const ended = end !== null && mark === report.mark;
    const goesOn =
      report.how === 'failed' && (report.attempt === 0 || started?.attempt !== report.attempt);
    if (!ended && !goesOn && end !== null) {
      faults.push(
        `J46: ${report.how} ${report.mark} was acknowledged, and ${mark || 'a time-out'} ended it`,
      );
    }
  }
  return faults;
}

function cancelFaults(
  { events, runId }: RunShown,
  lives: ReadonlyMap<string, ActivityLife>,
  beats: Ledger['heartbeats'],
  ledger: Ledger,
): string[] {
  if (beats.length === 0) return [];
  return beats.flatMap(({ activityId, beganUs, cancelRequested, attempt }) => {
    const life = lives.get(activityId);
    if (cancelRequested) {
      return life === undefined || life.cancelRequestedUs === null
        ? [`J47: attempt ${attempt} of ${activityId} was told to stop, and nobody asked for it`]
        : [];
    }
    if (life === undefined || life.cancelRequestedUs === null) return [];
    const asked = events.find((event) => eventUs(event) === life.cancelRequestedUs);
    const { workflowTaskCompletedEventId: id = 0 } =
      asked?.activityTaskCancelRequestedEventAttributes ?? {};
    const mark = events[id - 1]?.workflowTaskCompletedEventAttributes?.binaryChecksum;
    const answer = ledger.taskAnswers.find((each) => each.runId === runId && each.mark === mark);
    return answer?.verdict === 'taken' && answer.endedUs < beganUs
      ? [`J47: attempt ${attempt} of ${activityId} was not told to stop`]
      : [];
  });
}
