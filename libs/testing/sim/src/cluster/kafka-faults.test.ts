import { StorageFault } from '@perdure/ports';
import { expect, test } from 'vitest';
import { Host } from '../agenda.ts';
import { bytes, newKafkaWorld } from './cluster-fixture.ts';

test('K6: a request is lost: an error, and nothing stands', async () => {
  const { at, outcome, shown, seen } = newKafkaWorld({ kafkaLostRequest: 1 });
  expect(await outcome(at.append([bytes(1)]))).toBeInstanceOf(StorageFault);
  expect(await shown()).toEqual([]);
  expect(seen('append request lost')).toBe(1);
});

test('K6: an answer is lost: an error, and the record stands', async () => {
  const { at, outcome, shown, pass, seen } = newKafkaWorld({ kafkaLostAnswer: 1 });
  expect(await outcome(at.append([bytes(1)]))).toBeInstanceOf(StorageFault);
  await pass(1e6);
  expect(await shown()).toEqual([[1]]);
  expect(seen('append answer lost')).toBe(1);
});

test('K6: a record lands after the error, behind what others appended, after the death of its process', async () => {
  const { at, host, kafka, outcome, shown, told, pass, seen, strikes } = newKafkaWorld({
    kafkaLate: 1,
  });
  const other = kafka.portFor(new Host('n2/1')).partition(0);
  expect(await outcome(at.append([bytes(1)]))).toBeInstanceOf(StorageFault);
  host.state = 'dead';
  strikes.on = false;
  expect(await told(other.append([bytes(2)]))).toBe(0);
  await pass(200e6);
  expect(await shown(other)).toEqual([[2], [1]]);
  expect([seen('append late'), seen('append late after death')]).toEqual([1, 1]);
  expect(kafka.everything(0)[1]).toMatchObject({ process: 'n1/1', acknowledgedUs: null });
});

test('K6: a record lands twice, at two offsets', async () => {
  const { at, told, shown, pass, kafka, seen } = newKafkaWorld({ kafkaDoubled: 1 });
  expect(await told(at.append([bytes(1)]))).toBe(0);
  await pass(200e6);
  expect(await shown()).toEqual([[1], [1]]);
  const [first, second] = kafka.everything(0);
  expect(second?.request).toBe(first?.request);
  expect(seen('append doubled')).toBe(1);
});

test('K6: what is to land late lands now or never when all is healed', async () => {
  const { at, outcome, pass, kafka, strikes } = newKafkaWorld({ kafkaLate: 1 });
  for (let i = 0; i < 20; i++) await outcome(at.append([bytes(i)]));
  strikes.on = false;
  kafka.heal();
  await pass(1e6);
  const landed = kafka.standing(0).length;
  expect(landed).toBeGreaterThan(0);
  await pass(300e6);
  expect(kafka.standing(0).length).toBe(landed);
});

test('K9: after a move the old leader refuses, and the process learns of the new one', async () => {
  const { log, told, outcome, pass, kafka, shown, seen } = newKafkaWorld();
  await told(log.partition(0).append([bytes(1)]));
  kafka.brokers.moveLeader(0, 1);
  await pass(1.1e6);
  // One error of a request is an error for all its partitions, though partition 3 was written.
  const answers = [0, 3].map((index) => outcome(log.partition(index).append([bytes(2)])));
  expect(await told(Promise.all(answers))).toEqual([
    expect.objectContaining({ message: expect.stringContaining('NOT_LEADER') }),
    expect.objectContaining({ message: expect.stringContaining('NOT_LEADER') }),
  ]);
  expect(await shown(log.partition(3))).toEqual([[2]]);
  expect([seen('append to old leader'), seen('request failed whole')]).toEqual([1, 1]);
  await pass(10_000);
  expect(await told(log.partition(0).append([bytes(3)]))).toBe(1);
});

test('K3: what lacks replicas is shown to nobody; it vanishes and its offset is used again, or it gets safe', async () => {
  const ends = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const world = newKafkaWorld({ kafkaUnreplicated: 1 }, seed);
    const { at, told, outcome, shown, pass, kafka, strikes, seen } = world;
    expect(await outcome(at.append([bytes(1)]))).toMatchObject({
      message: expect.stringContaining('NOT_ENOUGH_REPLICAS_AFTER_APPEND'),
    });
    expect(kafka.standing(0)).toHaveLength(1);
    expect(await told(at.endOffset())).toBe(0);
    expect(await shown()).toEqual([]);
    strikes.on = false;
    expect(await outcome(at.append([bytes(2)]))).toMatchObject({
      message: expect.stringContaining('NOT_ENOUGH_REPLICAS'),
    });
    await pass(8e6);
    await outcome(at.endOffset());
    await pass(10_000);
    const offset = await told(at.append([bytes(3)]));
    if (seen('append truncated') > 0) {
      ends.add('vanished');
      expect([offset, seen('offset used again')]).toEqual([0, 1]);
      expect(await shown()).toEqual([[3]]);
      expect(kafka.everything(0)[0]?.lostUs).not.toBeNull();
    } else {
      ends.add(seen('append made safe') > 0 ? 'safe' : 'kept by the new leader');
      expect(await shown()).toEqual([[1], [3]]);
    }
  }
  expect([...ends].toSorted()).toEqual(['kept by the new leader', 'safe', 'vanished']);
});

test('K8: a result that lacks a partition is an error for the whole request; the partition was written or not', async () => {
  const ends = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const { log, outcome, told, pass, kafka, seen } = newKafkaWorld(
      { kafkaMissingResult: 0.5 },
      seed,
    );
    const answers = [0, 3].map((index) => outcome(log.partition(index).append([bytes(index)])));
    const failed = (await told(Promise.all(answers))).filter((one) => one instanceof StorageFault);
    expect(failed).toHaveLength(seen('result missing') > 0 ? 2 : 0);
    await pass(1e6);
    if (seen('result missing') === 1) ends.add(kafka.standing(0).length + kafka.standing(3).length);
  }
  expect([...ends].toSorted((a, b) => a - b)).toEqual([1, 2]);
});

test('K4: a broker stands still: nothing gets safe on any; after it moves again what it was sent lands', async () => {
  const { log, outcome, shown, pass, kafka, told } = newKafkaWorld();
  kafka.brokers.freeze(0, 2e6, 1);
  const answers = [0, 1].map((index) => outcome(log.partition(index).append([bytes(index)])));
  await pass(1.4e6);
  expect([kafka.standing(0).length, kafka.standing(1).length]).toEqual([0, 1]);
  expect(kafka.marks(1).highWatermark).toBe(0);
  expect(await told(Promise.all(answers))).toEqual([
    expect.any(StorageFault),
    expect.any(StorageFault),
  ]);
  await pass(2e6);
  expect([await shown(log.partition(0)), await shown(log.partition(1))]).toEqual([[[0]], [[1]]]);
});

test('K4: fenced, its partitions go to others and writes resume; what was sent to it is refused', async () => {
  const { log, outcome, told, pass, kafka, seen } = newKafkaWorld();
  kafka.brokers.freeze(0, 8e6, 1);
  const first = outcome(log.partition(0).append([bytes(1)]));
  await pass(4e6);
  expect(await first).toBeInstanceOf(StorageFault);
  expect(seen('broker fenced')).toBe(1);
  await outcome(log.partition(0).append([bytes(2)]));
  await pass(10_000);
  expect(await told(log.partition(0).append([bytes(3)]))).toBeGreaterThanOrEqual(0);
  await pass(8e6);
  expect(kafka.standing(0).filter(({ bytes: [value] }) => value === 1)).toEqual([]);
});

test('a leader of before shows what it knew, for a while', async () => {
  let stale = 0;
  for (let seed = 0; seed < 10; seed++) {
    const world = newKafkaWorld({ kafkaStaleLeader: 1 }, seed);
    const { at, kafka, told, outcome, pass, seen } = world;
    await told(at.append([bytes(1)]));
    const other = kafka.portFor(new Host('n2/1')).partition(0);
    kafka.brokers.moveLeader(0, 1);
    expect(await told(other.endOffset())).toBe(1);
    expect(seen('log read stale')).toBe(1);
    await pass(1e6);
    await outcome(at.append([bytes(2)]));
    await pass(10_000);
    expect(await told(at.append([bytes(3)]))).toBe(1);
    if ((await outcome(other.endOffset())) === 1) stale += 1;
    await pass(3e6);
    await outcome(other.endOffset());
    await pass(10_000);
    expect(await told(other.endOffset())).toBe(2);
  }
  expect(stale).toBeGreaterThan(0);
});

test('a node is cut off, one way or the other', async () => {
  const { at, kafka, outcome, told, pass } = newKafkaWorld();
  kafka.cut('n1', 'answers lost');
  expect(await outcome(at.append([bytes(1)]))).toBeInstanceOf(StorageFault);
  expect(kafka.standing(0)).toHaveLength(1);
  kafka.cut('n1', 'requests lost');
  expect(await outcome(at.append([bytes(2)]))).toBeInstanceOf(StorageFault);
  expect(await outcome(at.read(0, 100))).toBeInstanceOf(StorageFault);
  expect(kafka.standing(0)).toHaveLength(1);
  kafka.rejoin('n1');
  await pass(10_000);
  expect(await told(at.append([bytes(3)]))).toBe(1);
});

test('K2: acknowledged records are lost only when a test says so', async () => {
  const { at, told, kafka, shown } = newKafkaWorld();
  for (let i = 0; i < 3; i++) await told(at.append([bytes(i)]));
  kafka.brokers.loseAcknowledged(0, 2);
  expect(await shown()).toEqual([[0]]);
  expect(await told(at.append([bytes(9)]))).toBe(1);
});
