import type { BrokerTime } from '@perdure/ports';
import { beforeEach, expect, test } from 'vitest';
import type { BrokerCalls } from './cluster-calls.ts';
import { ProduceLanes, type ProduceLine } from './produce-lanes.ts';

interface Request {
  readonly leader: number;
  readonly partitions: readonly number[];
  answer(results?: readonly number[]): void;
  fail(): void;
}

/** Partitions 0 to 9 are led by broker 1, 10 to 19 by broker 2, the others by none. */
const leaderOf = (_topic: string, partition: number): number | undefined =>
  [1, 2][Math.floor(partition / 10)];

let requests: Request[] = [];
let refreshes: (() => void)[] = [];
let samples: BrokerTime[] = [];
let nowUs = 0;
let lanes: ProduceLanes;
beforeEach(() => {
  requests = [];
  refreshes = [];
  samples = [];
  nowUs = 0;
  const line: ProduceLine = {
    requestTimeoutMs: 1_000,
    leaderOf,
    refresh: () => new Promise((resolve) => refreshes.push(resolve)),
    call: (leader, request) => request(brokerOf(leader) as BrokerCalls),
  };
  lanes = new ProduceLanes(line, {
    topic: 'log',
    clock: { nowUs: () => (nowUs += 10), endOfTurn: (callback) => setImmediate(callback) },
    requestBytesMax: 1_000,
    onBrokerTime: (sample) => samples.push(sample),
  });
});

function brokerOf(leader: number): Pick<BrokerCalls, 'produce'> {
  return {
    produce: ({ topicData }) =>
      new Promise((resolve, reject) => {
        const partitions = (topicData[0]?.partitions ?? []).map(({ partition }) => partition);
        requests.push({
          leader,
          partitions,
          answer: (results = partitions) => {
            const found = results.map((partition) => ({
              partition,
              errorCode: 0,
              baseOffset: String(partition * 100),
              logAppendTime: '5',
            }));
            resolve({ topics: [{ topicName: 'log', partitions: found }] });
          },
          fail: () => reject(new Error('gone')),
        });
      }),
  };
}

const append = (partition: number, bytes = 1): Promise<number> =>
  lanes.append(partition, [new Uint8Array(bytes)], bytes);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const sent = (): unknown => requests.map(({ leader, partitions }) => [leader, partitions]);
const at = (index: number): Request => requests[index] as Request;

test('P1: what is called in one turn goes in one request to each leader', async () => {
  const appends = [0, 10, 3, 11].map((partition) => append(partition));
  await turn();
  expect(sent()).toEqual([
    [1, [0, 3]],
    [2, [10, 11]],
  ]);
  requests.forEach((request) => request.answer());
  expect(await Promise.all(appends)).toEqual([0, 1000, 300, 1100]);
});

test('P1: what comes while a request is in flight goes together with the next; other lanes are not held', async () => {
  const first = append(0);
  await turn();
  const next = append(1);
  await turn();
  const [third, other] = [append(2), append(10)];
  await turn();
  expect(sent()).toEqual([
    [1, [0]],
    [2, [10]],
  ]);
  at(0).answer();
  at(1).answer();
  await Promise.all([first, other]);
  await turn();
  expect(sent()).toEqual([
    [1, [0]],
    [2, [10]],
    [1, [1, 2]],
  ]);
  at(2).answer();
  expect(await Promise.all([next, third])).toEqual([100, 200]);
});

test('P1: a request ends at its bytes, but for its first append', async () => {
  const appends = [
    [0, 5_000],
    [1, 1],
    [2, 600],
    [3, 300],
    [4, 200],
  ].map(([partition = 0, bytes]) => append(partition, bytes));
  for (let i = 0; i < 3; i++) {
    await turn();
    at(i).answer();
    await turn();
  }
  await Promise.all(appends);
  expect(sent()).toEqual([
    [1, [0]],
    [1, [1, 2, 3]],
    [1, [4]],
  ]);
});

test('P2: an error rejects every append of the request, and no other', async () => {
  const appends = [append(0), append(1), append(10)];
  await turn();
  at(0).fail();
  at(1).answer();
  const outcomes = await Promise.allSettled(appends);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  await expect(appends[1]).rejects.toMatchObject({ name: 'StorageFault', kind: 'io' });
});

test('P2: an answer that misses a partition rejects every append of the request', async () => {
  const appends = [append(0), append(1)];
  await turn();
  at(0).answer([0]);
  const outcomes = await Promise.allSettled(appends);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('P3: the lane waits after a failure until the leaders were asked for', async () => {
  const lost = append(0);
  await turn();
  at(0).fail();
  await expect(lost).rejects.toThrow('LogPartition 0');
  const next = append(0);
  await turn();
  await turn();
  expect([requests.length, refreshes.length]).toEqual([1, 1]);
  refreshes[0]?.();
  await turn();
  await turn();
  expect(requests).toHaveLength(2);
  at(1).answer();
  expect(await next).toBe(0);
});

test('an append to a partition without a leader is rejected, and the leaders are asked for', async () => {
  const lost = append(20);
  await expect(lost).rejects.toThrow(/no leader/);
  expect([requests.length, refreshes.length]).toEqual([0, 1]);
});

test('L10: each acknowledged request tells the broker time between sending and having the answer', async () => {
  const done = append(0);
  await turn();
  at(0).answer();
  await done;
  expect(samples).toEqual([{ broker: '1', sentUs: 20, stampUs: 5_000, receivedUs: 30 }]);
});
