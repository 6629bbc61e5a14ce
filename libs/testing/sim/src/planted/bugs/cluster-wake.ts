// Bugs in what wakes a run again: wake rows, their buckets, clocks (L10, M5, M6 of the protocols).

import type { ClusterBug, Place } from '../plant.ts';

const batch = 'services/history/src/owner/fold-batch.ts';
const clockGuard = 'libs/core/log/src/clock-guard.ts';
const history = 'services/history/src/history.ts';
const node = 'services/history/src/node/history-node.ts';
const wakeIndex = 'services/history/src/owner/wake-index.ts';
const wakeRow = 'libs/core/shard/src/wake-row.ts';

/** No bug: what the wake index does in hours it does in as many times 5 s. */
const shortHours: readonly Place[] = [
  {
    file: wakeRow,
    find: 'return Math.floor(Math.max(dueUs, nowUs) / usPerHour);',
    replace: 'return Math.floor((Math.max(dueUs, nowUs) * 720) / usPerHour);',
  },
  {
    file: wakeIndex,
    find: 'this.#options.owner.clock.after(usPerMinute, () => {',
    replace: 'this.#options.owner.clock.after(usPerMinute / 60, () => {',
  },
];

export const clusterWakeBugs: readonly ClusterBug[] = [
  {
    name: 'live with hours of five seconds',
    breaks: '',
    ...(shortHours[0] as Place),
    also: shortHours.slice(1),
  },
  {
    name: 'believe in a clock that is off',
    breaks: 'L10',
    file: clockGuard,
    find: 'return Math.abs(this.aheadUs(nowUs)) > clockOffUsMax;',
    replace: 'return Math.abs(this.aheadUs(nowUs)) > clockOffUsMax * 1e6;',
  },
  {
    name: 'come back with the clock that was off',
    breaks: 'L10',
    file: node,
    find: 'moveClock(aheadUs);',
    replace: 'moveClock(Math.min(aheadUs, 50_000));',
  },
  {
    name: 'let the time of a run go back at a take-over',
    breaks: 'L10',
    file: 'libs/core/execution/src/draft.ts',
    find: 'this.nowUs = Math.max(nowUs, state.progress.clockUs);',
    replace: 'this.nowUs = nowUs;',
  },
  {
    name: 'fire a timer half a second early',
    breaks: 'L10',
    file: 'libs/core/execution/src/timer/commands.ts',
    find: 'fireAtUs: draft.nowUs + durationUs',
    replace: 'fireAtUs: draft.nowUs + Math.max(0, durationUs - 500_000)',
  },
  {
    name: 'write no wake rows',
    breaks: 'M5',
    file: batch,
    find: 'if (wake !== null) rows.wake.push({ ...wake, clock: last.clock });',
    replace: '',
  },
  {
    name: 'remember a wake row for ever',
    breaks: 'M5',
    file: batch,
    find: 'known.bucket <= bucket &&\n    known.bucket >= bucketOf(0, nowUs);',
    replace: 'known.bucket <= bucket;',
    also: shortHours,
  },
  {
    name: 'write no wake row for what is due in an earlier hour',
    breaks: 'M5',
    file: batch,
    find: 'known.text === text &&\n    known.bucket <= bucket &&',
    replace: '',
    also: shortHours,
  },
  {
    name: 'take one of two waiting tasks for the only one',
    breaks: 'M5',
    file: wakeRow,
    find: 'if (waiting.length > 1) return { offer: null, loadAtUs: nowUs };',
    replace: '',
  },
  {
    name: 'read no wake rows at a take-over',
    breaks: 'M6',
    file: wakeIndex,
    find: 'for (const row of newest.values()) this.#act(row);\n    this.#upkeepLater();',
    replace: 'this.#upkeepLater();',
  },
  {
    name: 'read wake rows at a take-over from the present hour on',
    breaks: 'M6',
    file: wakeIndex,
    find: 'let bucket = await store.oldestWakeBucket(block);',
    replace: 'let bucket = (await store.oldestWakeBucket(block)) === null ? null : nextHour - 1;',
    also: shortHours,
  },
  {
    name: 'drop a bucket whose live rows were not copied',
    breaks: 'M6',
    file: wakeIndex,
    find: 'if (live.length > 0) await store.write({ ...emptyFold, wake: live });',
    replace: '',
    also: shortHours,
  },
  {
    name: 'drop a bucket with a clock above what was read',
    breaks: 'M6',
    file: wakeIndex,
    find: 'const clock = owner.pump.durableClock;',
    replace: 'const clock = owner.pump.durableClock + 60_000_000;',
    also: shortHours,
  },
  {
    name: 'drop a bucket that is not over',
    breaks: 'M6',
    file: wakeIndex,
    find: 'if (bucket === null || bucket > current - 2) return;',
    replace: 'if (bucket === null || bucket > current) return;',
    also: [
      ...shortHours,
      {
        file: wakeIndex,
        find: 'if (live.length > 0) await store.write({ ...emptyFold, wake: live });',
        replace:
          'if (live.length > 0 && bucket < current) await store.write({ ...emptyFold, wake: live });',
      },
    ],
  },
  {
    name: 'read no bucket that becomes the next one',
    breaks: 'M6',
    file: wakeIndex,
    find: 'for await (const row of this.#rows(block, bucket)) this.#act(row);',
    replace: 'if (bucket < 0) for await (const row of this.#rows(block, bucket)) this.#act(row);',
    also: shortHours,
  },
  {
    name: 'offer nothing that was found at a take-over',
    breaks: 'L7',
    file: history,
    find: 'owner.arm(handle);\n    dispatch.offerAll(handle);',
    replace: '',
  },
];
