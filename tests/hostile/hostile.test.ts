// A server that is attacked for a minute with requests that are almost right, and with what is no request at all.
//
// PERDURE_HOSTILE_SECONDS=600 attacks for longer, PERDURE_SEED=number|fresh draws other requests.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { historyFaults, RawClient } from '@perdure/testing/golden';
import { PerdureServer, usesForeignServer } from '@perdure/testing/harness';
import { type Random, randomBelow, seededRandom } from '@perdure/testing/seeded-random';
import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import { Acknowledged, changedHistories } from './acknowledged.ts';
import { ByteClient } from './byte-client.ts';
import { badCall, garbageConnection } from './garbage.ts';
import { Mutator } from './mutate.ts';
import { Neighbour } from './neighbour.ts';
import { type HostileMethod, hostileMethods, validRequest } from './valid-request.ts';
import { World } from './world.ts';

const seconds = Number(process.env['PERDURE_HOSTILE_SECONDS'] ?? 60);
const given = process.env['PERDURE_SEED'] ?? '20261121';
const seed = given === 'fresh' ? Date.now() % 2 ** 31 : Number(given);
const lanes = 8;
const timeoutMs = 3_500;

/** A server that is attacked may refuse, but never break. */
const clean = new Set([
  'OK',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'FAILED_PRECONDITION',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
]);

interface Tally {
  sent: number;
  accepted: number;
  readonly codes: Map<string, number>;
  readonly faults: string[];
}

/** Draws methods as often as their weights say. */
function drawing(random: Random): () => HostileMethod {
  const total = hostileMethods.reduce((sum, method) => sum + method.weight, 0);
  return () => {
    let left = random() * total;
    return hostileMethods.find((method) => (left -= method.weight) < 0) ?? hostileMethods[0]!;
  };
}

/** MiB that the process holds. */
function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

const protectedNamespace = /^(Deprecate|Delete|Update)Namespace$/;

test.skipIf(usesForeignServer())(
  'hostile: almost valid requests and garbage are refused cleanly, and what was accepted holds',
  { timeout: (seconds + 120) * 1_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'perdure-hostile-'));
    const server = await PerdureServer.start({ dbFilename: join(folder, 'perdure.db') });
    const raw = new RawClient(server.address);
    const client = new ByteClient(server.address);
    onTestFailed(() =>
      console.log(`seed ${seed}\n${server.logs.split('\n').slice(-60).join('\n')}`),
    );
    onTestFinished(async () => {
      client.close();
      raw.close();
      await server.kill();
      rmSync(folder, { recursive: true });
    });
    const random = seededRandom(seed);
    const world = new World(raw, seededRandom(seed + 1));
    const acknowledged = new Acknowledged();
    const tally: Tally = { sent: 0, accepted: 0, codes: new Map(), faults: [] };
    const mutator = new Mutator(random);
    const draw = drawing(random);
    const neighbour = new Neighbour(server.address);
    await world.begin();

    const until = Date.now() + seconds * 1_000;
    const attack = async (): Promise<void> => {
      while (Date.now() < until) {
        const method = draw();
        const request = mutator.spoil(
          method.requestType,
          validRequest(method, world),
          world.vocabulary(),
        );
        if (protectedNamespace.test(method.name) && names(request, world.namespace)) continue;
        acknowledged.about(method, request);
        const answer = await client.call(method.path, request, timeoutMs);
        tally.sent += 1;
        tally.codes.set(answer.code, (tally.codes.get(answer.code) ?? 0) + 1);
        if (answer.code === 'OK') {
          tally.accepted += 1;
          acknowledged.note(method, request, answer.bytes);
        } else if (
          !clean.has(answer.code) &&
          !(answer.code === 'DEADLINE_EXCEEDED' && method.waits)
        ) {
          const hex = Buffer.from(request).toString('hex').slice(0, 2_000);
          tally.faults.push(`${method.name}: ${answer.code} ${answer.message} for ${hex}`);
        }
      }
    };
    const noise = async (): Promise<void> => {
      while (Date.now() < until) {
        const connection = random() < 0.5 ? garbageConnection : badCall;
        await connection(server.port, random);
        await sleep(randomBelow(random, 60));
      }
    };
    const memory: number[] = [];
    const watch = async (): Promise<void> => {
      while (Date.now() < until) {
        await sleep(1_000);
        memory.push(residentMb(server.pid ?? 0));
      }
    };
    const peaceful = neighbour.live(() => Date.now() < until);
    await Promise.all([...Array.from({ length: lanes }, attack), noise(), watch(), peaceful]);
    await world.end();
    neighbour.close();

    const before = await acknowledged.histories(raw);
    await server.kill();
    await server.start();
    const after = await acknowledged.histories(raw);
    await acknowledged.endAll(raw);
    const ended = await acknowledged.histories(raw);
    const share = tally.accepted / tally.sent;
    const [early, late] = [median(memory.slice(0, 10)), median(memory.slice(-10))];
    console.log(
      `seed ${seed}: ${tally.sent} requests of ${acknowledged.methods.size} methods accepted at least once, ` +
        `${Math.round(share * 100)} % accepted, ${JSON.stringify(Object.fromEntries(tally.codes))}; ` +
        `${before.size} runs; memory ${Math.round(early)} -> ${Math.round(late)} MB; ` +
        `neighbour p99 ${Math.round(neighbour.p99())} ms of ${neighbour.count} calls`,
    );
    expect(tally.faults.slice(0, 5)).toEqual([]);
    expect(acknowledged.faults(ended)).toEqual([]);
    expect(changedHistories(before, after)).toEqual([]);
    expect(changedHistories(after, ended)).toEqual([]);
    expect([...ended.values()].flatMap((events) => historyFaults(events))).toEqual([]);
    expect(server.logs).not.toMatch(/"level":"(error|fatal)"|quarantin/i);
    expect(share).toBeGreaterThan(0.3);
    expect(neighbour.failures).toEqual([]);
    expect(neighbour.p99()).toBeLessThan(500);
    expect(late).toBeLessThan(early * 1.5 + 100);
  },
);

function names(request: Uint8Array, name: string): boolean {
  return Buffer.from(request).includes(name);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
