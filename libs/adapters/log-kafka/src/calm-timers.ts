// kafkajs 2.2.4 looks for throttled requests with a timer that it sets anew for ever, with a negative time, which Node makes
// 1 ms: about 900 timers a second and connection, 6 % of a core while idle, and a TimeoutNegativeWarning. Here the timer is
// set only when a request waits, which is the only case in which it does anything.
//
// kafkajs has had no release since 2023 and is pinned; a version that has mended it would make this file a finding of its test.

import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const load = createRequire(import.meta.url);
let calmed = false;

/** Once for the process. Throws when kafkajs is not as it was. */
export function calmTimers(): void {
  if (calmed) return;
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  if (typeof schedule !== 'function') throw new Error('kafkajs is not version 2.2.4');
  prototype.scheduleCheckPendingRequests = function (): void {
    if (this.pending.length > 0) schedule.call(this);
  };
  calmed = true;
}
