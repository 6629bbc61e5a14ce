// What the visibility index on PostgreSQL costs: rows a second and CPU a row, of ours and of the server; lists and counts over
// that many rows.
//
// `node_modules/.bin/node bench/src/visibility-postgres.bench.ts [rows] [--out FILE]`. PostgreSQL as for the tests: PERDURE_POSTGRES=host:port,
// a container, or Debian's programs. CPU of the server is known only where it is a process of this machine.

import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { postgresPart, sharedPart } from '@perdure/parts';
import type { IndexedRow, ListFilter } from '@perdure/ports';
import { percentile } from '@perdure/testing/load';
import { openPostgresVisibility } from '@perdure/visibility-postgres';
import { costOf } from './process-cost.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const rowCount = Number(positionals[0] ?? 100_000);
const rowsPerWrite = 1000;
/** LogPartitions, each with one write under way. */
const feeds = 4;
const looks = 300;
const namespaceId = randomUUID();
const memo = randomBytes(60);

const found = await sharedPart(postgresPart);
if (found.kind === 'missing') throw new Error(found.reason);
const server = found.pids[0];
const connectionString = `postgres://postgres@${found.host}:${found.port}/postgres`;
const index = await openPostgresVisibility({ connectionString });

const rounded = (value: number): number => Math.round(value * 100) / 100;
const result: Record<string, unknown> = { rows: rowCount, rowsPerWrite, feeds, load: loadavg() };
try {
  result['closed in one row'] = await upserts(0, (n) => closed(n, []));
  const open = (n: number) => ({ ...closed(n, []), version: 1, status: 1, closeTimeUs: null });
  const more = rowCount / 2;
  result['opened'] = await upserts(rowCount, open, more);
  result['closed that were open'] = await upserts(rowCount, (n) => closed(n, []), more);
  result['with two attributes'] = await upserts(rowCount + more, attributed, more);
  result['rows in the index'] = await index.count(namespaceId, []);
  const page = (filter: ListFilter) => () => index.list(namespaceId, filter, null, 20);
  const count = (filter: ListFilter) => () => index.count(namespaceId, filter);
  const cases: Record<string, () => Promise<unknown>> = {
    'list, all': page([]),
    'list, far behind': () =>
      index.list(namespaceId, [], { closeTimeUs: timeOf(500), startTimeUs: 0, runId: '' }, 20),
    'list, one of 20 types': page([system('WorkflowType', 'type-7')]),
    'list, failed, one in 500': page([system('ExecutionStatus', 3)]),
    'list, one workflow id': page([system('WorkflowId', 'order-777')]),
    'list, one attribute value of 1000': page([attribute('K', 'k7')]),
    'list, a type and an attribute': page([attribute('K', 'k7'), system('WorkflowType', 'type-7')]),
    'list, nothing found by type': page([system('WorkflowType', 'none')]),
    'count, all': count([]),
    'count, one type': count([system('WorkflowType', 'type-7')]),
    'count, one attribute value': count([attribute('K', 'k7')]),
    'count, started in the second half': count([
      { kind: 'system', field: 'StartTime', sign: '>', values: [timeOf(rowCount)] },
    ]),
  };
  for (const [name, look] of Object.entries(cases)) result[name] = await latencies(look);
} finally {
  await index.close();
}
const text = JSON.stringify(result, null, 2);
console.log(text);
if (flags.out !== undefined) writeFileSync(flags.out, `${text}\n`);

async function upserts(first: number, row: (n: number) => IndexedRow, count = rowCount) {
  const waiting = Array.from({ length: count / rowsPerWrite }, (_none, i) =>
    Array.from({ length: rowsPerWrite }, (_row, k) => row(first + i * rowsPerWrite + k)),
  );
  const ours = process.cpuUsage();
  const theirs = serverCpuMs();
  const began = performance.now();
  const slowest: number[] = [];
  const feed = async (logPartition: number): Promise<void> => {
    for (let rows = waiting.pop(); rows !== undefined; rows = waiting.pop()) {
      const begun = performance.now();
      const cursor = { known: -1, offset: first };
      await index.write({ logPartition, rows, removed: [], cursor });
      slowest.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: feeds }, (_none, i) => feed(i)));
  const seconds = (performance.now() - began) / 1000;
  const { user, system: kernel } = process.cpuUsage(ours);
  return {
    rowsPerSecond: Math.round(count / seconds),
    ourCpuUsPerRow: rounded((user + kernel) / count),
    serverCpuUsPerRow:
      theirs === null ? null : rounded((((serverCpuMs() ?? 0) - theirs) * 1000) / count),
    writeMsP50: rounded(percentile(slowest, 0.5)),
    writeMsP99: rounded(percentile(slowest, 0.99)),
  };
}

async function latencies(look: () => Promise<unknown>) {
  for (let i = 0; i < 20; i++) await look();
  const ms: number[] = [];
  const ours = process.cpuUsage();
  const theirs = serverCpuMs();
  for (let i = 0; i < looks; i++) {
    const began = performance.now();
    await look();
    ms.push(performance.now() - began);
  }
  const { user, system: kernel } = process.cpuUsage(ours);
  return {
    p50Ms: rounded(percentile(ms, 0.5)),
    p99Ms: rounded(percentile(ms, 0.99)),
    ourCpuUs: rounded((user + kernel) / looks),
    serverCpuUs: theirs === null ? null : rounded((((serverCpuMs() ?? 0) - theirs) * 1000) / looks),
  };
}

/** Of all its processes: those that live, and those that have ended, which the first one has waited for. */
function serverCpuMs(): number | null {
  if (server === undefined) return null;
  const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim();
  return children
    .split(' ')
    .reduce((sum, pid) => sum + costOf(Number(pid)).cpuMs, costOf(server).cpuMs);
}

function timeOf(n: number): number {
  return 1_800_000_000_000_000 + n * 1000;
}

function closed(n: number, attributes: IndexedRow['attributes'] & object): IndexedRow {
  const hex = (timeOf(n) / 1000).toString(16).padStart(12, '0').slice(0, 12);
  const tail = (n * 2_654_435_761).toString(16).padStart(12, '0').slice(-12);
  return {
    run: {
      namespaceId,
      workflowId: `order-${n}`,
      runId: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${tail}`,
    },
    version: 7,
    workflowType: `type-${n % 20}`,
    taskQueue: `queue-${n % 5}`,
    status: n % 500 === 0 ? 3 : 2,
    startTimeUs: timeOf(n),
    executionTimeUs: timeOf(n),
    closeTimeUs: timeOf(n) + 90_000,
    historyLength: 11,
    historySizeBytes: 1700,
    stateTransitionCount: 7,
    memo,
    searchAttributes: new Uint8Array(0),
    attributes,
  };
}

function attributed(n: number): IndexedRow {
  return closed(n, [
    { name: 'K', values: [`k${n % 1000}`] },
    { name: 'Total', values: [n / 7] },
  ]);
}

function system(field: 'WorkflowType' | 'WorkflowId' | 'ExecutionStatus', value: string | number) {
  return { kind: 'system', field, sign: '=', values: [value] } as const;
}

function attribute(name: string, value: string) {
  return { kind: 'attribute', name, many: false, sign: '=', values: [value] } as const;
}
