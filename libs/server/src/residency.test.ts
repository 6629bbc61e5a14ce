// Runs leave memory and come back, and nobody can tell (I11, M5, M6).

import { CommandType } from '@perdure/wire';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  activity,
  deliver,
  emptyStorage,
  later,
  namespace,
  open,
  patientCall,
  rpc,
  startRun,
  taskQueue,
} from '../fixtures/in-process.ts';
import { asLeftBehind } from '../fixtures/left-behind.ts';
import { type JourneyStep, RandomJourney } from '../fixtures/random-journey.ts';
import { SteppedClock } from '../fixtures/stepped-clock.ts';
import type { Services } from './services.ts';

const usPerSecond = 1_000_000;
const usPerHour = 3_600 * usPerSecond;

/** Every run leaves as soon as it can. */
const tiny = { 'history.hostLevelCacheMaxSize': 1, 'history.foldInterval': 0 };

interface Opened {
  readonly services: Services;
  readonly clock: SteppedClock;
}

async function opened(values: Parameters<typeof open>[1] = {}): Promise<Opened> {
  const clock = new SteppedClock();
  const services = await open(emptyStorage(), values, clock);
  onTestFinished(() => services.history.stop());
  return { services, clock };
}

const loaded = ({ services }: Opened): number => services.history.counts.loadedRuns();

async function complete({ services }: Opened, commands: object[] = []): Promise<string> {
  const task = await rpc(services, 'PollWorkflowTaskQueue', { namespace, taskQueue });
  await rpc(services, 'RespondWorkflowTaskCompleted', {
    namespace,
    taskToken: task.taskToken,
    commands,
  });
  return task.workflowExecution?.workflowId ?? '';
}

async function lengthOf({ services }: Opened, workflowId: string): Promise<number | undefined> {
  const execution = { workflowId };
  const found = await rpc(services, 'DescribeWorkflowExecution', { namespace, execution });
  return found.workflowExecutionInfo?.historyLength;
}

const timer = (seconds: number) => ({
  commandType: CommandType.StartTimer,
  startTimerCommandAttributes: { timerId: 't', startToFireTimeout: { seconds } },
});

describe('residency', () => {
  test('an open run that nobody asks for leaves after a minute; a request brings it back', async () => {
    const server = await opened({ 'history.cacheTTL': 60 * usPerSecond });
    await startRun(server.services, 'w');
    await complete(server);
    await server.clock.pass(50 * usPerSecond);
    expect(loaded(server)).toBe(1);
    await server.clock.pass(30 * usPerSecond);
    expect(loaded(server)).toBe(0);
    expect(server.services.history.counts.evictedRuns()).toBe(1);
    expect(await lengthOf(server, 'w')).toBe(4);
    expect(loaded(server)).toBe(1);
    await rpc(server.services, 'SignalWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId: 'w' },
      signalName: 's',
    });
    expect(await complete(server)).toBe('w');
    expect(await lengthOf(server, 'w')).toBe(8);
  });

  test('beyond the bound the longest idle leave first', async () => {
    const server = await opened({ 'history.hostLevelCacheMaxSize': 2 });
    for (const id of ['a', 'b', 'c']) await startRun(server.services, id);
    await server.clock.pass(4 * usPerSecond);
    expect(loaded(server)).toBe(3);
    await server.clock.pass(2 * usPerSecond);
    expect(loaded(server)).toBe(2);
    await lengthOf(server, 'a');
    await server.clock.pass(0);
    expect(loaded(server)).toBe(2);
    const { services } = server;
    // `b` was the longest idle when `a` came back.
    const reads = services.history.counts.evictedRuns();
    await lengthOf(server, 'c');
    expect(services.history.counts.evictedRuns()).toBe(reads);
  });

  test('a run that recovery brought in, and the store had whole, leaves as any other', async () => {
    const storage = emptyStorage();
    const clock = new SteppedClock();
    const first = await open(asLeftBehind(storage), {}, clock);
    await startRun(first, 'w');
    await first.history.drain();
    first.history.stop();
    const second = await open(storage, {}, clock);
    onTestFinished(() => second.history.stop());
    expect(second.history.recovered.transitions).toBe(1);
    expect(second.history.counts.loadedRuns()).toBe(1);
    await clock.pass(70 * usPerSecond);
    expect(second.history.counts.loadedRuns()).toBe(0);
  });

  test('many leave within a sweep, not a few with each', async () => {
    const server = await opened();
    for (let n = 0; n < 1_200; n++) await startRun(server.services, `w${n}`);
    await server.clock.leap(10 * usPerSecond);
    await server.clock.pass(usPerSecond);
    expect(server.services.history.counts.idleRuns()).toBe(1_200);
    await server.clock.leap(60 * usPerSecond);
    await server.clock.pass(5 * usPerSecond);
    expect(loaded(server)).toBe(0);
  });

  test('the bound on bytes counts states', async () => {
    const values = { 'history.hostLevelCacheMaxSizeBytes': 1, 'history.foldInterval': 0 };
    const server = await opened(values);
    await startRun(server.services, 'w');
    await server.clock.pass(usPerSecond);
    expect(loaded(server)).toBe(0);
  });

  test('a task that was offered is handed out after its run has left', async () => {
    const server = await opened(tiny);
    for (const id of ['a', 'b', 'c']) await startRun(server.services, id);
    await server.clock.pass(usPerSecond);
    expect(loaded(server)).toBeLessThanOrEqual(1);
    expect(await complete(server, [activity('1'), activity('2')])).toBe('a');
    await server.clock.pass(usPerSecond);
    const names = [];
    for (let polls = 0; polls < 2; polls++) {
      const poll = { namespace, taskQueue: later };
      names.push((await rpc(server.services, 'PollActivityTaskQueue', poll)).activityId);
    }
    expect(names.toSorted()).toEqual(['1', '2']);
  });

  for (const [when, seconds] of [
    ['within the hour', 600],
    ['in the next hour', 3_600],
    ['in five hours', 5 * 3_600],
    ['in ten days', 240 * 3_600],
  ] as const) {
    test(`a timer that is due ${when} fires, to the second, though its run has left`, async () => {
      const server = await opened(tiny);
      await startRun(server.services, 'w');
      await complete(server, [timer(seconds)]);
      await startRun(server.services, 'other');
      await complete(server);
      await server.clock.pass(3 * usPerSecond);
      const before = server.services.history.counts;
      expect(before.idleRuns()).toBeLessThanOrEqual(1);
      // Hour by hour, as time passes.
      let left = seconds * usPerSecond - 5 * usPerSecond;
      for (; left > usPerHour; left -= usPerHour) await server.clock.leap(usPerHour);
      await server.clock.leap(left);
      expect(await lengthOf(server, 'w')).toBe(5);
      await server.clock.pass(70 * usPerSecond);
      expect(await lengthOf(server, 'w')).toBe(7);
    });
  }

  test('a run that is due in a later hour leaves nothing behind in memory', async () => {
    const server = await opened(tiny);
    for (let n = 0; n < 50; n++) {
      await startRun(server.services, `w${n}`);
      await complete(server, [timer(10 * 3_600)]);
    }
    await startRun(server.services, 'soon');
    await complete(server, [timer(60)]);
    await server.clock.pass(3 * usPerSecond);
    expect(server.services.history.counts.armedTimers()).toBeLessThanOrEqual(2);
  });

  test('a heartbeat time-out is not put off by coming back', async () => {
    const server = await opened(tiny);
    await startRun(server.services, 'w');
    const beating = activity('a');
    const attributes = beating.scheduleActivityTaskCommandAttributes;
    await complete(server, [
      {
        ...beating,
        scheduleActivityTaskCommandAttributes: { ...attributes, heartbeatTimeout: { seconds: 10 } },
      },
    ]);
    await rpc(server.services, 'PollActivityTaskQueue', { namespace, taskQueue: later });
    await startRun(server.services, 'other');
    for (let second = 0; second < 9; second++) {
      await lengthOf(server, 'w');
      await lengthOf(server, 'other');
      await server.clock.pass(usPerSecond);
    }
    expect(await lengthOf(server, 'w')).toBe(5);
    await server.clock.pass(2 * usPerSecond);
    expect(await lengthOf(server, 'w')).toBe(8);
  });

  test('a run that somebody waits for stays; so does one with a query', async () => {
    const server = await opened(tiny);
    await startRun(server.services, 'w');
    await complete(server);
    const closing = deliver(server.services, 'GetWorkflowExecutionHistory', {
      namespace,
      execution: { workflowId: 'w' },
      waitNewEvent: true,
      historyEventFilterType: 2,
    });
    const query = deliver(
      server.services,
      'QueryWorkflow',
      { namespace, execution: { workflowId: 'w' }, query: { queryType: 'q' } },
      { ...patientCall, deadlineMs: server.clock.nowUs() / 1_000 + 30_000 },
    ).catch(() => 'too late');
    for (const id of ['x', 'y', 'z']) await startRun(server.services, id);
    await server.clock.pass(5 * usPerSecond);
    await rpc(server.services, 'TerminateWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId: 'w' },
    });
    expect((await closing).bytes.length).toBeGreaterThan(0);
    await server.clock.pass(40 * usPerSecond);
    expect(await query).toBe('too late');
    expect(loaded(server)).toBeLessThanOrEqual(1);
  });
});

const step: fc.Arbitrary<JourneyStep> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('start' as const) },
    { weight: 3, arbitrary: fc.constant('signal' as const) },
    { weight: 8, arbitrary: fc.constant('workflowTask' as const) },
    { weight: 4, arbitrary: fc.constantFrom('activityTask' as const, 'report' as const) },
    { weight: 2, arbitrary: fc.constantFrom('describe' as const, 'readEnd' as const) },
    { weight: 2, arbitrary: fc.constantFrom('query' as const, 'cancel' as const) },
    { weight: 1, arbitrary: fc.constant('delete' as const) },
    { weight: 6, arbitrary: fc.constant('pass' as const) },
  ),
  workflow: fc.nat({ max: 3 }),
  choice: fc.nat({ max: 1_000 }),
});

describe('residency, at random', () => {
  for (const bound of [1, 2, 3]) {
    test(`with room for ${bound} every client sees what it sees with room for all`, async () => {
      let evicted = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 80 }), async (steps) => {
          const values = { ...tiny, 'history.hostLevelCacheMaxSize': bound };
          const [small, large] = [await opened(values), await opened()];
          const journeys = [small, large].map(
            ({ services, clock }) => new RandomJourney(services, clock),
          ) as [RandomJourney, RandomJourney];
          const starts = [0, 1, 2, 3].map(
            (workflow) => ({ kind: 'start', workflow, choice: 1 }) as const,
          );
          for (const taken of [...starts, ...steps]) {
            for (const journey of journeys) await journey.take(taken);
            // Long enough for a fold: whatever is idle leaves the smaller one.
            for (const { clock } of [small, large]) await clock.pass(usPerSecond / 10);
          }
          for (const journey of journeys) {
            for (let workflow = 0; workflow <= 3; workflow++) {
              await journey.take({ kind: 'readEnd', workflow, choice: 0 });
            }
          }
          expect(journeys[0].seen).toEqual(journeys[1].seen);
          const [few, many] = journeys.map(({ queries }) => queries.toSorted());
          expect(few).toEqual(many);
          evicted += small.services.history.counts.evictedRuns();
          for (const { services } of [small, large]) services.history.stop();
        }),
        { numRuns: 20 },
      );
      expect(evicted).toBeGreaterThan(200);
    }, 60_000);
  }
});
