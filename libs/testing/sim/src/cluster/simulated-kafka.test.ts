import { LogTrimmed } from '@perdure/ports';
import { expect, test } from 'vitest';
import { Host } from '../agenda.ts';
import { Chance } from '../chance.ts';
import { bytes, newKafkaWorld } from './cluster-fixture.ts';
import { drawClusterFaults } from './cluster-plan.ts';

test('what several processes append stands at dense offsets, and all read the same', async () => {
  const { kafka, at, told, shown } = newKafkaWorld();
  const other = kafka.portFor(new Host('n2/1')).partition(0);
  expect(await told(Promise.all([at.append([bytes(1)]), other.append([bytes(2)])]))).toHaveLength(
    2,
  );
  expect(await told(at.append([bytes(3), bytes(4)]))).toBe(2);
  expect(await told(other.endOffset())).toBe(4);
  expect(await shown(other)).toEqual(await shown(at));
  expect((await shown()).flat().toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  for (const record of kafka.everything(0)) expect(record.acknowledgedUs).not.toBeNull();
});

test('K8: one request for each leader; what comes while it is in flight waits and goes together', async () => {
  const { log, told, seen, kafka } = newKafkaWorld();
  // Partitions 0 and 3 have broker 0, and 1 has broker 1.
  const appends = [0, 3, 1].map((index) => log.partition(index).append([bytes(index)]));
  await told(Promise.all(appends));
  const requests = [0, 3, 1].map((index) => kafka.everything(index)[0]?.request);
  expect(requests[0]).toBe(requests[1]);
  expect(requests[0]).not.toBe(requests[2]);
  expect(seen('request of several partitions')).toBe(1);
});

test('K8: an append waits for the request in flight', async () => {
  const { agenda, log, told, seen, kafka } = newKafkaWorld();
  const first = log.partition(0).append([bytes(1)]);
  await agenda.runUntil(agenda.nowUs + 50);
  const second = log.partition(3).append([bytes(2)]);
  await told(Promise.all([first, second]));
  expect(seen('append waited for its turn')).toBe(1);
  const [before, after] = [kafka.everything(0)[0], kafka.everything(3)[0]];
  expect(after?.request).toBeGreaterThan(before?.request ?? 0);
  expect(after?.appendedUs).toBeGreaterThanOrEqual(before?.acknowledgedUs ?? Infinity);
});

test('W2: a second append of a partition in flight is refused', async () => {
  const { at, told } = newKafkaWorld();
  const first = at.append([bytes(1)]);
  await expect(at.append([bytes(2)])).rejects.toThrow(/W2/);
  expect(await told(first)).toBe(0);
});

test('K5: a request that left its process lands, though the process froze or died', async () => {
  const { agenda, at, host, shown, pass, kafka, seen } = newKafkaWorld();
  const other = kafka.portFor(new Host('n2/1')).partition(0);
  let resolved = false;
  void at.append([bytes(1)]).then(() => {
    resolved = true;
  });
  await pass(50);
  host.state = 'frozen';
  await pass(1e6);
  expect(resolved).toBe(false);
  expect(await shown(other)).toEqual([[1]]);
  expect(seen('append sent before freeze')).toBe(1);
  agenda.thaw(host);
  await pass(1);
  expect(resolved).toBe(true);
  void at.append([bytes(2)]);
  await pass(50);
  host.state = 'dead';
  await pass(1e6);
  expect(await shown(other)).toEqual([[1], [2]]);
  expect(kafka.everything(0)[1]?.acknowledgedUs).toBeNull();
});

test('trim: up to the high watermark alone; a read below is told where the log begins', async () => {
  const { at, told, outcome, shown, kafka } = newKafkaWorld();
  for (let i = 0; i < 4; i++) await told(at.append([bytes(i)]));
  await told(at.trim(3));
  expect(await shown()).toEqual([[3]]);
  expect(await outcome(at.read(2, 100))).toEqual(new LogTrimmed(2, 3));
  await told(at.trim(99));
  expect([await told(at.lowMark()), await told(at.endOffset())]).toEqual([4, 4]);
  expect(kafka.standing(0)).toHaveLength(4);
});

test('reads and trims fail, trims also after their effect', async () => {
  const { at, outcome, told, kafka, strikes, seen } = newKafkaWorld({ kafkaReadFault: 0.5 });
  strikes.on = false;
  for (let i = 0; i < 40; i++) await told(at.append([bytes(i)]));
  strikes.on = true;
  for (let i = 0; i < 40; i++) {
    const answer = await outcome(at.trim(i));
    if (answer === undefined) expect(kafka.marks(0).lowMark).toBe(i);
  }
  expect(seen('log read failed')).toBeGreaterThan(0);
  expect(seen('log trim unknown')).toBeGreaterThan(0);
});

test('K7: each answer brings the time of a broker, between sending and receiving', async () => {
  const { agenda, kafka, told } = newKafkaWorld();
  const samples: { sentUs: number; stampUs: number; receivedUs: number; broker: string }[] = [];
  const nowUs = (): number => agenda.nowUs + 7e6;
  const onBrokerTime = samples.push.bind(samples);
  const log = kafka.portFor(new Host('n3/1'), { nowUs, onBrokerTime });
  const broker = kafka.brokers.brokers[1];
  if (broker === undefined) throw new Error('there is no broker 1');
  broker.clockOffsetUs = 3e6;
  await told(log.partition(1).append([bytes(1)]));
  const [sample] = samples;
  expect(sample?.broker).toBe(broker.name);
  expect(sample?.stampUs).toBeLessThan((sample?.sentUs ?? 0) - 3.9e6);
  expect(sample?.receivedUs).toBeGreaterThan(sample?.sentUs ?? Infinity);
});

/** Nodes append and read for a while under the faults of a seed. */
async function live(seed: number) {
  const world = newKafkaWorld(drawClusterFaults(seed), seed);
  const { agenda, kafka, strikes } = world;
  const chance = Chance.of(seed, 'writers');
  const tell = { ends: 0, reads: [] as { offset: number; bytes: Uint8Array }[] };
  for (const node of ['n1', 'n2', 'n3']) {
    const log = kafka.portFor(new Host(`${node}/1`));
    for (let index = 0; index < 6; index++) {
      const at = log.partition(index);
      const write = (): void => {
        void at
          .append([bytes(chance.below(256), index)])
          .catch(() => 0)
          .then(() => agenda.after(chance.between(0, 200_000), null, write));
      };
      write();
    }
    const read = (): void => {
      void log
        .partition(0)
        .read(0, 1e9)
        .then((found) => tell.reads.push(...found))
        .catch(() => 0)
        .then(() => agenda.after(300_000, null, read));
    };
    read();
  }
  const moves = Chance.of(seed, 'test moves');
  for (let second = 0; second < 10; second++) {
    kafka.brokers.moveLeader(moves.below(6), moves.below(3));
    if (moves.happens(0.2)) kafka.brokers.freeze(moves.below(3), moves.between(1e6, 4e6), 0.7);
    await agenda.runUntil(agenda.nowUs + 1e6);
  }
  strikes.on = false;
  return { ...world, tell };
}

test.for([3, 4, 5, 6, 7])(
  'seed %i: nothing told or shown ever vanishes; the same world twice',
  async (seed) => {
    const { trace, kafka, tell } = await live(seed);
    for (let index = 0; index < 6; index++) {
      const standing = kafka.standing(index);
      for (const [offset, record] of standing.entries()) expect(record.offset).toBe(offset);
      for (const record of kafka.everything(index)) {
        if (record.acknowledgedUs !== null || record.safeUs !== null)
          expect(standing[record.offset]).toBe(record);
      }
    }
    expect(tell.reads.length).toBeGreaterThan(10);
    for (const { offset, bytes: read } of tell.reads) {
      expect([...read]).toEqual([...(kafka.standing(0)[offset]?.bytes ?? [])]);
    }
    expect((await live(seed)).trace.digest).toBe(trace.digest);
  },
);
