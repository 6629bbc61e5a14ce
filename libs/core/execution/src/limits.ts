// The bounds of one run (wire-contract 2.8 and 5): decisions are given them with the time, so that a namespace can have its own.

import { usPerSecond } from '@perdure/kernel';

/** Sizes in bytes, of what is encoded. A value of exactly the limit is taken. */
export interface RunLimits {
  /** A group of payloads: an input, a result, details, a failure. From `Warn` on the operator is told. */
  readonly blobBytesMax: number;
  readonly blobBytesWarn: number;
  readonly memoBytesMax: number;
  readonly memoBytesWarn: number;
  /** An id or name. */
  readonly nameBytesMax: number;
  /** The history. From `Suggest` on a worker is told to continue as new; past `Max` the run is terminated. */
  readonly historyEventsMax: number;
  readonly historyEventsWarn: number;
  readonly historyEventsSuggest: number;
  readonly historyBytesMax: number;
  readonly historyBytesWarn: number;
  readonly historyBytesSuggest: number;
  /** What the state of the run holds of user data, together with what waits for its workflow task. */
  readonly stateBytesMax: number;
  /** Pending at one time. */
  readonly activitiesMax: number;
  readonly childrenMax: number;
  readonly externalSignalsMax: number;
  readonly externalCancelsMax: number;
  readonly nexusOperationsMax: number;
  /** Signals that a run may get in its life. */
  readonly signalsMax: number;
  /** Events that wait for a started workflow task (docs/adr/0002). */
  readonly bufferedEventsMax: number;
  readonly bufferedBytesMax: number;
  /** What is kept of an activity's last failure. */
  readonly lastFailureBytesMax: number;
  readonly searchAttributesMax: number;
  readonly searchAttributeBytesMax: number;
  readonly searchAttributesBytesMax: number;
  readonly linksMax: number;
  readonly linkBytesMax: number;
  /** Least time between the starts of two runs of a chain that continues as new. */
  readonly continueAsNewIntervalUs: number;
  /** Least time between two starts of one workflow id by clients. */
  readonly restartIntervalUs: number;
}

const kib = 1024;
const mib = 1024 * kib;

/** Upstream's defaults, but for the buffer, which busy workflows need larger. */
export const defaultRunLimits: RunLimits = {
  blobBytesMax: 2 * mib,
  blobBytesWarn: 512 * kib,
  memoBytesMax: 2 * mib,
  memoBytesWarn: 2 * kib,
  nameBytesMax: 1000,
  historyEventsMax: 51_200,
  historyEventsWarn: 10_240,
  historyEventsSuggest: 4096,
  historyBytesMax: 50 * mib,
  historyBytesWarn: 10 * mib,
  historyBytesSuggest: 4 * mib,
  stateBytesMax: 8 * mib,
  activitiesMax: 2000,
  childrenMax: 2000,
  externalSignalsMax: 2000,
  externalCancelsMax: 2000,
  nexusOperationsMax: 2000,
  signalsMax: 10_000,
  bufferedEventsMax: 10_000,
  bufferedBytesMax: 2 * mib,
  lastFailureBytesMax: 4 * kib,
  searchAttributesMax: 100,
  searchAttributeBytesMax: 2 * kib,
  searchAttributesBytesMax: 40 * kib,
  linksMax: 10,
  linkBytesMax: 4000,
  continueAsNewIntervalUs: usPerSecond,
  restartIntervalUs: usPerSecond,
};

/** When something is decided, and within which bounds. */
export interface Moment {
  readonly nowUs: number;
  readonly limits: RunLimits;
}
