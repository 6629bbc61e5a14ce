// Random appends, trims and reopenings; power losses, kills and failed syncs in between and in the middle, also in the
// middle of an opening. After each the log must hold what it owes. To see one history again: `live(seed)`.

import { LedgerViolation, LogLedger } from '@perdure/testing/log-ledger';
import { type Random, randomBelow, seededRandom } from '@perdure/testing/seeded-random';
import { VolatileDirectory, type VolatileFaults } from '@perdure/testing/volatile-directory';
import { describe, expect, test } from 'vitest';
import { type LocalLogPartition, openLocalLogPartition } from './local-log-partition.ts';

const seeds = Array.from({ length: 200 }, (_, i) => i + 1);
const livesPerHistory = 6;

describe('durability', () => {
  test('200 random histories keep every acknowledged record and invent none', {
    timeout: 60_000,
  }, async () => {
    for (const seed of seeds) expect([seed, await violationOf(seed)]).toEqual([seed, null]);
  });

  test('a disk that ignores syncs is found out', { timeout: 60_000 }, async () => {
    expect(await countViolations({ ignoreSync: true })).toBeGreaterThan(seeds.length / 2);
  });

  test('a disk that ignores syncs of the directory is found out', { timeout: 60_000 }, async () => {
    expect(await countViolations({ ignoreDirectorySync: true })).toBeGreaterThan(seeds.length / 2);
  });

  test('a stop at every single operation, with every kind of loss, keeps what was acknowledged', {
    timeout: 60_000,
  }, async () => {
    const operations = await scriptedLife(new VolatileDirectory(), Number.POSITIVE_INFINITY, 0);
    expect(operations).toBeGreaterThan(60);
    for (let stopAt = 0; stopAt < operations; stopAt++) {
      for (let loss = 0; loss < 8; loss++) {
        await scriptedLife(new VolatileDirectory(), stopAt, loss);
      }
    }
  });
});

async function countViolations(planted: VolatileFaults): Promise<number> {
  let count = 0;
  for (const seed of seeds) if ((await violationOf(seed, planted)) !== null) count += 1;
  return count;
}

/** What went wrong in the history of this seed, or null. */
async function violationOf(seed: number, planted: VolatileFaults = {}): Promise<string | null> {
  const random = seededRandom(seed);
  const options = {
    logId: seed,
    segmentBytes: 1024 * (1 + randomBelow(random, 8)),
    fillBytes: 512 * (1 + randomBelow(random, 4)),
    aheadBytes: 512 * randomBelow(random, 8),
  };
  const ledger = new LogLedger();
  let directory = new VolatileDirectory();
  for (let life = 0; life < livesPerHistory; life++) {
    Object.assign(directory.faults, planted);
    plan(directory, random);
    try {
      await live(ledger, () => openLocalLogPartition(directory, options), random);
    } catch (error) {
      const expected = directory.halted || (error instanceof Error && /EIO/.test(error.message));
      if (!expected || error instanceof LedgerViolation) return String(error);
    }
    directory = random() < 0.3 ? directory.kill() : directory.crash(random);
  }
  try {
    await ledger.check(await openLocalLogPartition(directory, options));
    return null;
  } catch (error) {
    return String(error);
  }
}

/** Plans the end of this life: at some operation everything stops, or a sync fails. */
function plan(directory: VolatileDirectory, random: Random): void {
  let left = randomBelow(random, 60);
  const failsSync = random() < 0.2;
  directory.faults.onOperation = (operation) => {
    left -= 1;
    if (left >= 0) return;
    if (!failsSync) directory.halt();
    else if (operation === 'sync') throw new Error('EIO: i/o error, fdatasync');
  };
}

/** Opens, checks, and works until something throws or the work is done. */
async function live(
  ledger: LogLedger,
  open: () => Promise<LocalLogPartition>,
  random: Random,
): Promise<void> {
  let log = await open();
  await ledger.check(log);
  for (let step = 0; step < 30; step++) {
    const choice = random();
    if (choice < 0.8) await ledger.append(log, randomRecords(random));
    else if (choice < 0.9) await ledger.trim(log, randomBelow(random, ledger.endOffset + 1));
    else if (choice < 0.95) await ledger.check(log);
    else {
      await log.close();
      log = await open();
      await ledger.check(log);
    }
  }
}

function randomRecords(random: Random): Uint8Array[] {
  return Array.from({ length: 1 + randomBelow(random, 4) }, () => {
    const length = randomBelow(random, random() < 0.05 ? 12_000 : 500);
    return new Uint8Array(length).map(() => randomBelow(random, 256));
  });
}

/** One fixed life, stopped before operation `stopAt`; then everything owed must be there. Returns its operations. */
async function scriptedLife(
  first: VolatileDirectory,
  stopAt: number,
  loss: number,
): Promise<number> {
  const options = { logId: 7, segmentBytes: 2048, fillBytes: 512, aheadBytes: 1024 };
  const ledger = new LogLedger();
  let operations = 0;
  first.faults.onOperation = () => {
    if (operations === stopAt) first.halt();
    operations += 1;
  };
  try {
    for (let opening = 0; opening < 2; opening++) {
      const log = await openLocalLogPartition(first, options);
      await ledger.check(log);
      for (let i = 0; i < 8; i++) await ledger.append(log, [bytes(i, 300), bytes(i, 90)]);
      await ledger.append(log, [bytes(9, 5000)]);
      await ledger.trim(log, ledger.endOffset - 3);
      await log.close();
    }
  } catch (error) {
    if (!first.halted || error instanceof LedgerViolation) throw error;
  }
  const found = loss === 0 ? first.kill() : first.crash(seededRandom(stopAt * 100 + loss));
  const log = await openLocalLogPartition(found, options);
  await ledger.check(log);
  await ledger.append(log, [bytes(10, 700)]);
  await ledger.check(await openLocalLogPartition(found.crash(seededRandom(loss)), options));
  return operations;
}

function bytes(value: number, length: number): Uint8Array {
  return new Uint8Array(length).fill(value + 1);
}
