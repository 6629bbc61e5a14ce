// Appends of four owners are in flight to a real broker when it is stopped (SIGSTOP) and goes on, or when what they sent is
// held on the way and comes late, behind what they send afterwards. What each owner told its callers must be what the log
// holds: an acknowledged frame that is missing, or another one at its offset, is a failure. The two faults alternate.
//
// `node_modules/.bin/node bench/src/kafka-unknown-outcomes.bench.ts [rounds] [--out FILE]`. Each round is a topic of its own.
// Exits with 1 when a round differs.

import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CommitLog } from '@perdure/ports';
import { differences, LogOwner } from '@perdure/testing/log-owner';
import { LatePath } from './late-path.ts';
import { circumstances, nowUs, type RealKafka, startKafka } from './real-kafka.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const rounds = Number(positionals[0] ?? 50);
const partitionCount = 4;
const requestTimeoutMs = 500;
const kafka = await startKafka();
const path = await LatePath.to(kafka.port);
const sums = {
  unknown: 0,
  landed: 0,
  announcesUnknown: 0,
  takeOvers: 0,
  acknowledged: 0,
  voided: 0,
};
const failures: string[] = [];
let right = 0;
let settleMsMax = 0;

try {
  for (let round = 0; round < rounds; round++) {
    const found = await play(kafka, round);
    if (found.length === 0) right += 1;
    failures.push(...found.map((line) => `round ${round}: ${line}`));
    console.error(`round ${round}: ${found.length === 0 ? 'right' : found.join('; ')}`);
  }
} finally {
  path.close();
  await kafka.stop();
}
const result = {
  scenario: 'kafka-unknown-outcomes',
  ...circumstances(),
  rounds,
  right,
  owners: partitionCount,
  requestTimeoutMs,
  settleMsMax,
  ...sums,
  failures,
};
console.log(JSON.stringify(result, null, 2));
if (flags.out !== undefined) writeFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`);
process.exitCode = right === rounds ? 0 : 1;

/** Differences between what callers were told and the log; and an entry when the fault hit nothing. */
async function play(broker: RealKafka, round: number): Promise<string[]> {
  const log = await broker.open({ partitionCount, requestTimeoutMs, connect: path.connect });
  const owners = Array.from({ length: partitionCount }, (_, index) => ownerOf(log, index));
  let isOver = false;
  const running = owners.map(async (owner) => {
    while (!isOver) await owner.step();
  });
  await until(() => owners.every(({ told }) => told.length > 5));
  // At another moment of a request each time, and for longer than a request may take.
  await sleep((round * 7) % 40);
  const faultMs = 800 + ((round * 137) % 1500);
  if (round % 2 === 0) {
    process.kill(broker.pid, 'SIGSTOP');
    await sleep(faultMs);
    process.kill(broker.pid, 'SIGCONT');
  } else {
    path.hold(faultMs);
    await sleep(faultMs);
  }
  const goesOn = Date.now();
  const before = owners.map(({ told }) => told.length);
  await until(() => owners.every(({ told }, i) => told.length > (before[i] as number) + 5));
  settleMsMax = Math.max(settleMsMax, Date.now() - goesOn);
  isOver = true;
  await Promise.all(running);
  // What came late is in the log by now.
  await sleep(100);
  const found: string[] = [];
  for (const [index, { told, counts }] of owners.entries()) {
    const lines = await differences(log.partition(index), told);
    found.push(...lines.map((line) => `LogPartition ${index}: ${line}`));
    sums.unknown += counts.unknown;
    sums.landed += counts.landed;
    sums.announcesUnknown += counts.announcesUnknown;
    sums.takeOvers += counts.takeOvers;
    sums.acknowledged += told.filter(({ kind }) => kind === 'durable').length;
    sums.voided += told.filter(({ kind }) => kind === 'void').length;
  }
  if (owners.every(({ counts }) => counts.unknown === 0)) found.push('no outcome was unknown');
  await log.close();
  return found;
}

function ownerOf(log: CommitLog, index: number): LogOwner {
  return new LogOwner(log.partition(index), {
    name: `owner-${index}`,
    recordBytesMax: log.recordBytesMax,
    bytes: 1_000,
    nowUs,
    pause: () => sleep(30),
  });
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('the owners do not go on');
    await sleep(5);
  }
}
