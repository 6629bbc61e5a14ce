// The four time-outs of an activity as scheduled: filled in from each other and capped by the run (wire-contract 3.16).

export interface ActivityTimeouts {
  readonly scheduleToCloseUs: number;
  readonly scheduleToStartUs: number;
  readonly startToCloseUs: number;
  readonly heartbeatUs: number;
}

const capped = (valueUs: number, limitUs: number): number =>
  limitUs > 0 && (valueUs === 0 || valueUs > limitUs) ? limitUs : valueUs;

/** 0 = not set. Needs a schedule-to-close or a start-to-close; null without either. `runTimeoutUs` 0 = the run has none. */
export function settleTimeouts(
  given: ActivityTimeouts,
  runTimeoutUs: number,
): ActivityTimeouts | null {
  let { scheduleToCloseUs, scheduleToStartUs, startToCloseUs } = given;
  if (scheduleToCloseUs > 0) {
    scheduleToStartUs = capped(scheduleToStartUs, scheduleToCloseUs);
    startToCloseUs = capped(startToCloseUs, scheduleToCloseUs);
  } else if (startToCloseUs > 0) {
    scheduleToCloseUs = runTimeoutUs;
    if (scheduleToStartUs === 0) scheduleToStartUs = runTimeoutUs;
  } else return null;
  if (runTimeoutUs > 0) {
    scheduleToCloseUs = Math.min(scheduleToCloseUs, runTimeoutUs);
    scheduleToStartUs = Math.min(scheduleToStartUs, runTimeoutUs);
    startToCloseUs = Math.min(startToCloseUs, runTimeoutUs);
  }
  const heartbeatUs = Math.min(given.heartbeatUs, startToCloseUs);
  return { scheduleToCloseUs, scheduleToStartUs, startToCloseUs, heartbeatUs };
}
